package io.weft.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Figures that Linux tells in text files, a name and a number a line. */
public final class SystemTable {
    /** Where cgroups of both versions count the processes that were killed for memory. */
    private static final List<Path> KILLS = List.of(Path.of("/sys/fs/cgroup/memory.events"),
            Path.of("/sys/fs/cgroup/memory/memory.oom_control"));

    private static final Path PROCESS = Path.of("/proc/self/status");

    private SystemTable() {}

    /** Bytes of memory that this process holds, the native tensors' among it. */
    public static OptionalLong residentBytes() {
        OptionalLong kilobytes = number(PROCESS, "VmRSS:");
        return kilobytes.isPresent() ? OptionalLong.of(kilobytes.getAsLong() * 1024) : kilobytes;
    }

    /** So many processes of this container were killed for memory; -1 where the system does not tell. */
    static long kills() {
        return KILLS.stream().map(path -> number(path, "oom_kill ")).filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong).findFirst().orElse(-1);
    }

    /** The number of the first line that begins with a key; empty where there is none, or no such table. */
    static OptionalLong number(Path table, String key) {
        try (Stream<String> lines = Files.isReadable(table) ? Files.lines(table) : Stream.empty()) {
            return lines.filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.substring(key.length()).replaceAll("\\D", ""))).findFirst();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
