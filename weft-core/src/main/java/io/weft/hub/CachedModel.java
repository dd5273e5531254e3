package io.weft.hub;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A model of the cache that a pull fills and that Python's huggingface_hub shares. Nothing is fetched.
 *
 * @param repository "org/name"  @param revision branch, tag or commit
 */
public record CachedModel(Path cache, String repository, String revision) {
    /** What a name on a hub means; empty for what no hub allows as a name, such as a path with several folders. */
    public static Optional<CachedModel> named(String name, Optional<String> revision, HubSettings settings) {
        String branch = revision.orElse("main");
        return HubNames.isRepository(name) && HubNames.isRevision(branch)
                ? Optional.of(new CachedModel(settings.cache(), name, branch)) : Optional.empty();
    }

    /** The folder of the revision as it was last fetched, if config and all weights are there. */
    public Optional<Path> folder() { return found().complete(revision); }

    /** Where the cache keeps it, or would. */
    public Path place() { return found().place(); }

    private HubCache found() { return new HubCache(cache, repository, true); }
}
