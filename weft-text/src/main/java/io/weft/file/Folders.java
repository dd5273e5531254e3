package io.weft.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Whole folders. */
public final class Folders {
    private Folders() {}

    /** Deletes a folder with all that is in it; one that is not there is well. */
    public static void delete(Path folder) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            empty(folder);
            Files.delete(folder);
        }
    }

    /** Deletes all that is in a folder. Links are deleted, not followed. */
    public static void empty(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> paths = Files.walk(folder)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).filter(path -> !path.equals(folder))
                        .toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
