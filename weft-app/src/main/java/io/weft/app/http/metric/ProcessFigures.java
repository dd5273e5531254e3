package io.weft.app.http.metric;

import io.weft.run.SystemTable;
import java.lang.management.ManagementFactory;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** What Prometheus's own clients tell of a process, by the same names. */
public final class ProcessFigures {
    private ProcessFigures() {}

    public static void addTo(Metrics metrics) {
        metrics.gauge("process_resident_memory_bytes", "Resident memory size in bytes.",
                ProcessFigures::residentBytes);
        metrics.gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
                () -> OptionalDouble.of(ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3));
        metrics.sum("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.",
                () -> system() == null ? OptionalDouble.empty()
                : OptionalDouble.of(system().getProcessCpuTime() / 1e9));
        metrics.gauge("process_open_fds", "Number of open file descriptors.",
                () -> system() instanceof com.sun.management.UnixOperatingSystemMXBean unix
                ? OptionalDouble.of(unix.getOpenFileDescriptorCount()) : OptionalDouble.empty());
        metrics.gauge("weft_heap_used_bytes", "Used memory of the Java heap.", () -> OptionalDouble.of(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()));
        metrics.gauge("weft_threads", "Threads of the process.", () -> OptionalDouble.of(
                ManagementFactory.getThreadMXBean().getThreadCount()));
    }

    private static com.sun.management.OperatingSystemMXBean system() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system : null;
    }

    private static OptionalDouble residentBytes() {
        OptionalLong bytes = SystemTable.residentBytes();
        return bytes.isPresent() ? OptionalDouble.of(bytes.getAsLong()) : OptionalDouble.empty();
    }
}
