package io.weft.golden;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Files as people have them, with what is right: the folder {@code cases} beside the root of {@link Golden}. */
public final class Cases {
    private Cases() {}

    /** A file or folder of a case; skips the calling test, by name, where there is none. */
    public static Path at(String path) {
        Path found = Golden.root().map(root -> root.toAbsolutePath().resolveSibling("cases").resolve(path))
                .filter(Files::exists).orElse(null);
        if (found == null) {
            Golden.skipped("case " + path, "not here");
            Assumptions.abort("there is no case " + path);
        }
        return found;
    }
}
