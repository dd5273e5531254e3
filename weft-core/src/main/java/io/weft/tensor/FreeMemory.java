package io.weft.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What Linux says of memory that this process could have: the machine's, and that of its container (cgroups of both
 * versions). File pages count as free, since they are given up for whoever asks. Nothing on other systems.
 */
final class FreeMemory {
    private static final Path STATUS = Path.of("/proc/self/status"), MACHINE = Path.of("/proc/meminfo");
    private static final Path NEW = Path.of("/sys/fs/cgroup"), OLD = Path.of("/sys/fs/cgroup/memory");

    private FreeMemory() {}

    /** With what the process holds by now. */
    static OptionalLong bytes() {
        OptionalLong free = number(MACHINE, "MemAvailable:"), own = number(STATUS, "RssAnon:");
        if (free.isEmpty() || own.isEmpty()) {
            return OptionalLong.empty();
        }
        LongStream containers = LongStream.of(
                room(NEW, "memory.max", "memory.current", "inactive_file"),
                room(OLD, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"));
        return OptionalLong.of(1024 * own.getAsLong() + Math.min(1024 * free.getAsLong(),
                containers.min().orElse(Long.MAX_VALUE)));
    }

    /** What a container may still take; no bound where there is none. */
    private static long room(Path folder, String limit, String used, String filePages) {
        OptionalLong most = number(folder.resolve(limit), ""), now = number(folder.resolve(used), "");
        return most.isEmpty() || now.isEmpty() ? Long.MAX_VALUE : Math.max(0, most.getAsLong() - now.getAsLong()
                + number(folder.resolve("memory.stat"), filePages + " ").orElse(0));
    }

    /** The whole number behind a key; nothing where there is none, such as "max". */
    private static OptionalLong number(Path table, String key) {
        try (Stream<String> lines = Files.isReadable(table) ? Files.lines(table) : Stream.empty()) {
            return lines.filter(line -> line.startsWith(key)).mapToLong(line ->
                    Long.parseLong(line.substring(key.length()).replaceAll("[^0-9]", ""))).findFirst();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
