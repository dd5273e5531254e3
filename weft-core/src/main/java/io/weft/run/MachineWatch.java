package io.weft.run;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Looks at the process a few times a second from a thread of its own, and leaves what it saw in the run's machine.json:
 * whoever is killed for memory cannot say so any more. A disk that refuses harms no run.
 */
public final class MachineWatch implements AutoCloseable {
    private static final long EVERY_MILLIS = 200;
    /** Written again when the peak grew by this share, or so many looks later. */
    private static final double GREW = 0.03;
    private static final int LOOKS = 25;
    private static final Path STATUS = Path.of("/proc/self/status"), MEMORY = Path.of("/proc/meminfo"),
            CPU = Path.of("/proc/stat");
    private static final double JIFFIES = 100;
    private final Path file;
    private final long memory;
    private final long begun = System.nanoTime();
    private final double cpuBefore = cpuSeconds(), busyBefore = busySeconds();
    private final ScheduledExecutorService looking;
    private final Expected expected;
    private long peak = -1, last = -1, leastFree = -1, written = -1;
    private int looks;

    /** What was foretold of the run, see {@link MachineRecord}. */
    public record Expected(long planned, long dryPeak, double drySeconds) {}

    private MachineWatch(Path file, long memory, Expected expected) {
        this.file = file;
        this.memory = memory;
        this.expected = expected;
        looking = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "weft-machine");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** @param memory bytes that the process may use */
    public static MachineWatch of(RunFolder run, long memory, Expected expected) {
        var watch = new MachineWatch(run.machine(), memory, expected);
        watch.looking.scheduleAtFixedRate(watch::look, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        return watch;
    }

    private synchronized void look() {
        last = own().orElse(-1);
        peak = Math.max(peak, last);
        long free = bytes(MEMORY, "MemAvailable:").orElse(-1);
        leastFree = leastFree < 0 ? free : Math.min(leastFree, free);
        if (peak > (1 + GREW) * written || looks++ % LOOKS == 0) {
            write();
        }
    }

    /** Without forcing the disk: what a killed process has handed to the system is kept. */
    private void write() {
        written = peak;
        Path fresh = file.resolveSibling(".machine.json.tmp");
        try {
            Files.write(fresh, record().json().getBytes(StandardCharsets.UTF_8));
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // the run itself says it when the disk refuses
        }
    }

    private MachineRecord record() {
        double seconds = (System.nanoTime() - begun) / 1e9, cpu = cpuSeconds() - cpuBefore;
        double others = Math.max(0, busySeconds() - busyBefore - cpu) / seconds;
        return new MachineRecord(memory, peak, last, leastFree, Runtime.getRuntime().availableProcessors(), cpu,
                seconds, others, SystemTable.kills(), expected.planned(), expected.dryPeak(), expected.drySeconds());
    }

    @Override public void close() {
        looking.shutdownNow();
        try {
            looking.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            last = own().orElse(-1);
            peak = Math.max(peak, last);
            write();
        }
    }

    /** What no file could give back. */
    public static OptionalLong own() {
        OptionalLong anonymous = bytes(STATUS, "RssAnon:");
        return anonymous.isPresent() ? anonymous : bytes(STATUS, "VmRSS:");
    }

    private static OptionalLong bytes(Path table, String key) {
        OptionalLong kilobytes = SystemTable.number(table, key);
        return kilobytes.isPresent() ? OptionalLong.of(kilobytes.getAsLong() * 1024) : kilobytes;
    }

    private static double cpuSeconds() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime() / 1e9;
    }

    /** Of all cores of the machine together; not a number where the system does not tell. */
    private static double busySeconds() {
        try (Stream<String> lines = Files.isReadable(CPU) ? Files.lines(CPU) : Stream.empty()) {
            return lines.filter(line -> line.startsWith("cpu ")).findFirst().map(line -> {
                long[] spent = Arrays.stream(line.substring(4).trim().split(" +")).mapToLong(Long::parseLong).toArray();
                // user, nice, system, idle, waiting, interrupts, soft interrupts, stolen
                return (Arrays.stream(spent).limit(8).sum() - spent[3] - spent[4]) / JIFFIES;
            }).orElse(Double.NaN);
        } catch (IOException | NumberFormatException e) {
            return Double.NaN;
        }
    }
}
