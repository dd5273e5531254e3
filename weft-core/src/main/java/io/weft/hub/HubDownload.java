package io.weft.hub;

import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * Pulls a model into the cache that Python's huggingface_hub shares: lists the files, chooses those a model needs, asks
 * what each one is, checks the space, fetches what is missing, and only then lets the branch's name point at the new
 * snapshot. A pull that was cut off goes on where it stopped. Not for several threads at once.
 */
public final class HubDownload {
    private final HubSettings settings;
    private final HubListener listener;
    private final HubClient client;

    public HubDownload(HubSettings settings, HubListener listener) {
        this.settings = settings;
        this.listener = listener;
        this.client = new HubClient(settings, listener);
    }

    /** {@link #pull(String, String)} of the branch {@code main}. */
    public Path pull(String repository) { return pull(repository, "main"); }

    /**
     * The folder of a model in Hugging Face's layout, every file whole and checked: SHA-256 for large files, git's
     * SHA-1 for small ones. Fetches only what is missing.
     *
     * @param repository "org/name"   @param revision branch, tag or commit
     * @throws UserError when there is no such model or no access to it, the hub cannot be reached, the disk is too
     *     small, or what arrives is not what was announced
     */
    public Path pull(String repository, String revision) {
        HubCache cache = new HubCache(settings.cache(), HubNames.repository(repository), settings.links());
        if (settings.offline()) {
            return cache.complete(HubNames.revision(revision)).orElseThrow(() -> UserError.of(say(
                    "%s (%s) is not complete in %s, and HF_HUB_OFFLINE forbids to fetch it; unset it, or set "
                    + "HF_HUB_CACHE to the cache that has it", repository, revision, settings.cache())));
        }
        HubFile first = ModelFiles.choose(reached(repository, revision, cache), repository).get(0);
        // From here on everything is asked of one commit: the branch may move while its files arrive.
        String commit = Blob.of(client, repository, revision, first).commit();
        List<Blob> missing = new ArrayList<>();
        for (HubFile file : ModelFiles.choose(files(repository, commit), repository)) {
            if (!cache.holds(commit, file)) {
                missing.add(Blob.of(client, repository, commit, file));
            }
        }
        try {
            fetch(missing, cache, repository);
            cache.refer(revision, commit);
        } catch (IOException e) {
            throw UserError.of(
                    say("%s: cannot write to the cache %s: %s. Make it writable, or set HF_HUB_CACHE to another folder",
                    repository, settings.cache(), HubCache.reason(e)), e);
        }
        return cache.snapshot(commit);
    }

    /**
     * All files of a repository, not only those that a pull takes.
     *
     * @throws UserError as {@link #pull(String, String)}
     */
    public List<HubFile> files(String repository, String revision) {
        return HubTree.list(client, HubNames.repository(repository), HubNames.revision(revision));
    }

    /**
     * The files, or when the hub is out of reach an error that names what the cache has: an older state is the user's
     * choice.
     */
    private List<HubFile> reached(String repository, String revision, HubCache cache) {
        try {
            return files(repository, revision);
        } catch (UserError e) {
            Optional<Path> older = e.getCause() instanceof IOException ? cache.complete(revision) : Optional.empty();
            throw older.map(path ->
                    UserError.of(
                    say("%s\n  The cache holds it as it was when last pulled: %s (HF_HUB_OFFLINE=1 uses that)",
                    e.getMessage(), path), e)).orElse(e);
        }
    }

    private void fetch(List<Blob> missing, HubCache cache, String repository) throws IOException {
        requireSpace(missing, cache, repository);
        long all = missing.stream().mapToLong(Blob::size).sum();
        long done = 0;
        for (Blob blob : missing) {
            long before = done;
            BlobDownload download = new BlobDownload(client, repository, blob, cache.incomplete(blob),
                    bytes -> listener.progress(new HubListener.Progress(blob.file().path(), bytes, blob.size(),
                    before + bytes, all)));
            cache.alone(blob, () -> listener.waitingForAnother(blob.file().path()), () -> {
                Path content = cache.blob(blob);
                boolean fresh = !Files.exists(content) || Files.size(content) != blob.size();
                if (fresh) {
                    download.to(content);
                }
                cache.place(blob, fresh);
            });
            done += blob.size();
        }
    }

    private void requireSpace(List<Blob> missing, HubCache cache, String repository) throws IOException {
        Files.createDirectories(settings.cache());
        long needed = 0;
        for (Blob blob : missing) {
            Path part = cache.incomplete(blob);
            Files.createDirectories(part.getParent());
            needed += Files.exists(cache.blob(blob)) ? 0
                    : Math.max(0, blob.size() - (Files.exists(part) ? Files.size(part) : 0));
        }
        long free = Files.getFileStore(settings.cache()).getUsableSpace();
        if (needed > free) {
            throw UserError.of(say("%s needs %s more, but the disk of %s has %s free. Free some space, or set "
                    + "HF_HUB_CACHE to a folder on a larger disk; nothing was fetched", repository, gigabytes(needed),
                    settings.cache(), gigabytes(free)));
        }
    }

    private static String gigabytes(long bytes) { return String.format(Locale.ROOT, "%.2f GB", bytes / 1e9); }
}
