package io.weft.app.doctor;

import io.weft.tensor.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/** Processor, system, Java, memory and disk. */
final class Machine {
    /** Below this the quickstart's own model does not train. */
    private static final long LEAST_MEMORY = 2L << 30, LEAST_DISK = 2L << 30;

    private Machine() {}

    static Finding system() {
        String name = System.getProperty("os.name"), processor = System.getProperty("os.arch");
        int cores = Runtime.getRuntime().availableProcessors();
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        String found = say("%s %s, %s, %d cores%s", name, System.getProperty("os.version"), model(processor), cores,
                load < 0 ? "" : say(", load %.1f", load));
        if (!name.equals("Linux") || !processor.equals("amd64")) {
            return Finding.warn("machine", title(), found,
                    say("only Linux on x86_64 is tested; on others build with -Dweft.platform=...,"
                            + " such as macosx-arm64"));
        }
        return load > 2 * cores ? Finding.warn("machine", title(), found,
                say("other programs use this machine; training waits for them"))
                : Finding.ok("machine", title(), found);
    }

    private static String title() { return say("machine"); }

    private static String model(String otherwise) {
        return read(Path.of("/proc/cpuinfo"), "model name").orElse(otherwise);
    }

    static Finding java() {
        int release = Runtime.version().feature();
        String found = say("Java %s, %s, %s", System.getProperty("java.version"), System.getProperty("java.vendor"),
                System.getProperty("java.home"));
        return release >= 17 ? Finding.ok("java", "Java", found)
                : Finding.fail("java", "Java", found, say("install a JDK 17 or later"));
    }

    /** Bytes that are free now, or could be at once. */
    static long availableMemory() {
        return Math.min(Engine.memory(), kilobytes("MemAvailable").orElseGet(Engine::memory));
    }

    static Finding memory() {
        long total = Engine.memory(), available = availableMemory();
        String found = say("%s, %s of it available; recommended for models of 6 B weights: %s", Minimums.size(total),
                Minimums.size(available), Minimums.size(Minimums.MEMORY));
        if (available < LEAST_MEMORY) {
            return Finding.fail("memory", say("memory"), found, say("close other programs, or use a larger machine"));
        }
        return total >= Minimums.MEMORY ? Finding.ok("memory", say("memory"), found)
                : Finding.warn("memory", say("memory"), found,
                say("enough for models up to about %d M parameters; for larger ones lower train.batch and "
                + "data.maxLength",
                        (available - (1L << 30)) / 16 / 1_000_000));
    }

    static Finding disk() {
        Path here = Path.of("").toAbsolutePath();
        try {
            long free = Files.getFileStore(here).getUsableSpace();
            String found = say("%s free at %s; recommended for models of 6 B weights: %s", Minimums.size(free), here,
                    Minimums.size(Minimums.DISK)), title = say("disk");
            if (free < LEAST_DISK) {
                return Finding.fail("disk", title, found, say("free some space, or run where there is more"));
            }
            return free >= Minimums.DISK ? Finding.ok("disk", title, found)
                    : Finding.warn("disk", title, found,
                    say("enough for small models; a 7 B model alone takes 15 GB, and each full checkpoint three times "
                    + "its weights"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Long> kilobytes(String key) {
        return read(Path.of("/proc/meminfo"), key).map(text -> Long.parseLong(text.replaceAll("\\D", "")) * 1024);
    }

    /** The text behind a key of a file such as /proc/meminfo. */
    private static Optional<String> read(Path file, String key) {
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.toLowerCase(Locale.ROOT).startsWith(key.toLowerCase(Locale.ROOT)))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String firstLine(Path file) {
        try {
            return Files.isReadable(file) ? Files.readString(file).lines().findFirst().orElse("") : "";
        } catch (IOException e) {
            return "";   // some control files exist and cannot be read
        }
    }
}
