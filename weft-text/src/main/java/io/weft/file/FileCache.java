package io.weft.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files that took long to make, kept for other runs under a name that says everything which decides about them. Whoever
 * takes one verifies it. A cache that cannot be used costs time and nothing else: no error of its own leaves it.
 *
 * @param folder of the files  @param most bytes of all of them; the ones that were not used the longest go first
 */
public record FileCache(Path folder, long most) {
    private static final long USUAL_MOST = 4L << 30;
    /** Share of it that one file may take. */
    private static final int PART = 4;

    /** {@code WEFT_HOME}, else {@code weft} in the system's usual place for caches. */
    public static FileCache usual(String name) {
        String given = System.getenv("WEFT_HOME"), cache = System.getenv("XDG_CACHE_HOME");
        // an empty variable is none, not the current directory
        Path home = given != null && !given.isBlank() ? Path.of(given)
                : cache != null && !cache.isBlank() ? Path.of(cache, "weft")
                : Path.of(System.getProperty("user.home"), ".cache", "weft");
        return new FileCache(home.resolve(name), USUAL_MOST);
    }

    /** Copies what is kept under a name, where it is. */
    public boolean fetch(String name, Path to) {
        Path kept = folder.resolve(name);
        try {
            if (!Files.isRegularFile(kept)) {
                return false;
            }
            Files.copy(kept, to, StandardCopyOption.REPLACE_EXISTING);
            Files.setLastModifiedTime(kept, FileTime.from(Instant.now()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Keeps a copy under a name, unless it is too large. */
    public void keep(String name, Path file) {
        try {
            if (Files.size(file) > most / PART) {
                return;
            }
            Files.createDirectories(folder);
            Path fresh = Files.createTempFile(folder, ".", ".tmp");
            Files.copy(file, fresh, StandardCopyOption.REPLACE_EXISTING);
            Files.move(fresh, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
            shrink();
        } catch (IOException e) {
            // made anew the next time
        }
    }

    private void shrink() throws IOException {
        List<Path> oldest = new ArrayList<>();
        long bytes = 0;
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                oldest.add(file);
                bytes += Files.size(file);
            }
        }
        oldest.sort(Comparator.comparing(file -> file.toFile().lastModified()));
        for (int i = 0; bytes > most && i < oldest.size(); i++) {
            bytes -= Files.size(oldest.get(i));
            Files.deleteIfExists(oldest.get(i));
        }
    }
}
