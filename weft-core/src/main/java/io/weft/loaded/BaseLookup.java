package io.weft.loaded;

import io.weft.hub.CachedModel;
import io.weft.hub.HubSettings;
import io.weft.problem.UserError;
import io.weft.tune.AdapterFolder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import static io.weft.problem.Language.say;

/**
 * Finds the model that somebody named: a folder, or a name on a hub that the cache holds, as transformers takes both. A
 * relative path in an adapter's config is tried from the current directory, as PEFT does, then from the adapter's
 * folder and the one that it lies in. Nothing is fetched.
 */
public final class BaseLookup {
    private final Supplier<HubSettings> hub;
    private final Path here;

    /** @param here the current directory */
    public BaseLookup(Supplier<HubSettings> hub, Path here) {
        this.hub = hub;
        this.here = here;
    }

    public static BaseLookup usual() {
        return new BaseLookup(() -> HubSettings.fromEnvironment(System.getenv()), Path.of("").toAbsolutePath());
    }

    /** @param note for people, where the name alone does not say which folder it is */
    public record Found(Path folder, Optional<String> note) {}

    /** A folder that a user gave, or the cache's of a name that he gave. @throws UserError when it is neither */
    public Found named(Path given) {
        if (Files.isDirectory(given)) {
            return new Found(given, Optional.empty());
        }
        String name = given.toString().replace('\\', '/');
        return cached(name, Optional.empty()).flatMap(CachedModel::folder).map(folder -> found(name, folder))
                .orElseThrow(() -> UserError.of(say("%s: no such model folder, and the cache %s holds no model of "
                        + "that name; fetch one with weft pull ORG/NAME", given, hub.get().cache())));
    }

    /** The base of an adapter. @throws UserError when its config names none, or it is in none of the places told */
    public Found ofAdapter(Path adapter) {
        String name = AdapterFolder.base(adapter);
        if (name.isEmpty()) {
            Map.Entry<Path, String> place = AdapterFolder.baseKey(adapter);
            throw UserError.of(say("%s names no base model: \"%s\" is null, empty or missing. Name the folder of its "
                    + "base with --base DIR", place.getKey(), place.getValue()));
        }
        Set<Path> places = places(name, adapter);
        for (Path place : places) {
            if (Files.isRegularFile(place.resolve("config.json"))) {
                return isAbsolute(name) ? new Found(place, Optional.empty()) : found(name, place);
            }
        }
        Optional<CachedModel> cached = cached(name, AdapterFolder.baseRevision(adapter));
        Optional<Path> folder = cached.flatMap(CachedModel::folder);
        if (folder.isPresent()) {
            return found(name, folder.get());
        }
        List<String> looked = new ArrayList<>();
        places.forEach(place -> looked.add(Files.isDirectory(place) ? say("%s (no config.json)", place)
                : place.toString()));
        cached.ifPresent(model -> looked.add(Files.isDirectory(model.place())
                ? say("%s (not all of revision %s)", model.place(), model.revision()) : model.place().toString()));
        String fetch = cached.map(model -> say("fetch it with weft pull %s, or ", name)).orElse("");
        throw UserError.of(say("%s belongs to the base model %s, which is not here; looked at: %s. To go on, %sname "
                + "the folder of the base with --base DIR", adapter, name, String.join(", ", looked), fetch));
    }

    private static Found found(String name, Path folder) {
        return new Found(folder, Optional.of(say("base model %s: %s", name, folder)));
    }

    private Set<Path> places(String name, Path adapter) {
        Set<Path> places = new LinkedHashSet<>();
        try {
            Path home = adapter.toAbsolutePath().normalize();
            places.add(here.resolve(name).normalize());
            places.add(home.resolve(name).normalize());
            places.add(home.resolveSibling(name).normalize());
        } catch (InvalidPathException noPath) {
            // a name that no file can have is looked for in the cache alone
        }
        return places;
    }

    private static boolean isAbsolute(String name) {
        try {
            return Path.of(name).isAbsolute();
        } catch (InvalidPathException noPath) {
            return false;
        }
    }

    private Optional<CachedModel> cached(String name, Optional<String> revision) {
        return CachedModel.named(name, revision, hub.get());
    }
}
