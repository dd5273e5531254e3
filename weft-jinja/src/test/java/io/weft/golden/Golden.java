package io.weft.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * The golden data: expected numbers made by the Hugging Face stack. The root comes from {@code -Dweft.golden=DIR} or
 * {@code WEFT_GOLDEN}; a test that needs it is skipped, saying so, when there is none. A root that exists but holds no
 * case of a group that a test names is a failure, not a skip: see {@link #ran}.
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

    /** A file or folder below the root; skips the calling test when there is no root. */
    public static Path at(String path) {
        Assumptions.assumeTrue(root().isPresent(), "no golden data: give -Dweft.golden=DIR or WEFT_GOLDEN");
        return root().orElseThrow().resolve(path);
    }

    public static JsonNode json(String path) {
        try {
            return JSON.readTree(Files.readString(at(path)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Says how many cases of a group ran, and fails when the root exists and none did. */
    public static void ran(String group, int cases) {
        System.out.println("golden " + group + ": " + cases + " cases");
        if (cases == 0) {
            throw new AssertionError("golden root " + root().orElse(null) + " exists but no case of " + group + " ran");
        }
    }
}
