package io.weft.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Fails a test run that leaves something in the temporary directory: on a machine that trains for months, what each
 * start leaves fills the disk. The build gives each of a module's test processes a directory of its own, under the
 * module's {@code target}; elsewhere, as in an editor, nothing is checked, since others write into the system's
 * directory too.
 */
public final class NothingLeftBehind implements LauncherSessionListener {
    private static final Path DIRECTORY = Path.of(System.getProperty("java.io.tmpdir"));
    /** What a test run that was killed left there. */
    private Set<Path> before = Set.of();

    @Override public void launcherSessionOpened(LauncherSession session) {
        if (isOurs()) {
            try {
                Files.createDirectories(DIRECTORY);
                try (Stream<Path> all = Files.list(DIRECTORY)) {
                    before = Set.copyOf(all.toList());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override public void launcherSessionClosed(LauncherSession session) {
        if (!isOurs()) {
            return;
        }
        try (Stream<Path> all = Files.list(DIRECTORY)) {
            List<Path> left = all.filter(path -> !before.contains(path)).sorted().toList();
            if (!left.isEmpty()) {
                throw new AssertionError("tests left in " + DIRECTORY + ": " + left + "; delete what a test makes, or "
                        + "let @TempDir make it");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOurs() {
        return DIRECTORY.getParent().endsWith("target") && DIRECTORY.getFileName().toString().startsWith("tmp");
    }
}
