package io.weft.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The golden data: expected numbers made by the Hugging Face stack. The root comes from {@code -Dweft.golden=DIR} or
 * {@code WEFT_GOLDEN}; a test that needs it is skipped, saying so, when there is none.
 *
 * <p>Another set in the same layout runs unchanged, be it smaller or larger: tests find their cases by walking the
 * root, and take names, counts and ids from its files. What a set does not hold, and what Weft does not support yet, is
 * skipped by its name. Not skipped but failed: a root that holds no golden file at all, and a group that is there but
 * of which no case ran, see {@link #ran}.
 */
public final class Golden {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Golden() {}

    /** The root folder, when there is one. */
    public static Optional<Path> root() {
        String given = System.getenv("WEFT_GOLDEN") != null ? System.getenv("WEFT_GOLDEN")
                : System.getProperty("weft.golden");
        return Optional.ofNullable(given).map(Path::of).filter(Files::isDirectory);
    }

    /** A file or folder below the root; skips the calling test when the set does not hold it, or there is no root. */
    public static Path at(String path) {
        Assumptions.assumeTrue(root().isPresent(), "no golden data: give -Dweft.golden=DIR or WEFT_GOLDEN");
        Path root = root().orElseThrow(), found = root.resolve(path);
        if (!Files.exists(found)) {
            if (!holdsAny(root)) {
                throw new AssertionError("golden root " + root + " exists but holds no golden file");
            }
            skipped(path, "not in this set");
            Assumptions.abort("golden root " + root + " holds no " + path);
        }
        return found;
    }

    private static boolean holdsAny(Path root) {
        try (Stream<Path> files = Files.find(root, 4,
                (path, is) -> is.isRegularFile() && path.getFileName().toString().contains("golden"))) {
            return files.findAny().isPresent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The folders below one of the root, at any depth, that hold a file of this name, sorted; skips the calling test
     * when there are none.
     */
    public static List<Path> folders(String group, String file) {
        try (Stream<Path> found = Files.walk(at(group))) {
            List<Path> folders = found.filter(path -> path.getFileName().toString().equals(file)).map(Path::getParent)
                    .sorted().toList();
            if (folders.isEmpty()) {
                skipped(group + "/*/" + file, "not in this set");
                Assumptions.abort("golden root " + root().orElseThrow() + " holds no " + group + "/*/" + file);
            }
            return folders;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a folder or file of the set is called: its path from the root. */
    public static String name(Path path) { return root().orElseThrow().relativize(path).toString().replace('\\', '/'); }

    public static JsonNode json(String path) { return json(at(path)); }

    public static JsonNode json(Path file) {
        try {
            return JSON.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says by name what does not run, and why. */
    public static void skipped(String name, String why) {
        System.out.println("golden skipped " + name + ": " + why.strip().replaceAll("\\s*\\R\\s*", "; "));
    }

    public static void skipped(Path path, String why) { skipped(name(path), why); }

    /**
     * As {@link #ran(String, int)}, for a group that a set may leave out of a file: of {@code found} cases.
     */
    public static void ran(String group, int cases, int found) {
        if (found == 0) {
            skipped(group, "not in this set");
            Assumptions.abort("golden root " + root().orElse(null) + " holds no " + group);
        }
        ran(group, cases);
    }

    /** Says how many cases of a group ran, and fails when the root exists and none did. */
    public static void ran(String group, int cases) {
        System.out.println("golden " + group + ": " + cases + " cases");
        if (cases == 0) {
            throw new AssertionError("golden root " + root().orElse(null) + " exists but no case of " + group + " ran");
        }
    }
}
