package io.weft.tensor;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** What computes: the facts that decide whether another process gives the same bits. */
public final class Engine {
    private Engine() {}

    private static String libraryVersion() {
        try {
            return Loader.getVersion("org.bytedeco", "pytorch");
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** Compute threads. */
    public static int threads() {
        Native.load();
        return torch.get_num_threads();
    }

    /** Computes with so many threads from now on, in the whole process. */
    public static void useThreads(int count) {
        Native.load();
        torch.set_num_threads(count);
    }

    /**
     * Bytes of memory of this machine, or of the container that it is limited to; {@code -Dweft.memory=BYTES} says it
     * for tests, and for containers that misreport.
     */
    public static long memory() {
        return Long.getLong("weft.memory", ((com.sun.management.OperatingSystemMXBean) ManagementFactory
                .getOperatingSystemMXBean()).getTotalMemorySize());
    }

    /**
     * Bytes that this process holds or could have at once: what is free, or could be, on the machine and in the
     * container that it is limited to; {@code -Dweft.memory.available=BYTES} says it for tests.
     */
    public static long availableMemory() {
        return Long.getLong("weft.memory.available", Math.min(memory(), FreeMemory.bytes().orElse(memory())));
    }

    /**
     * Library versions, vector instructions, thread count and a device other than the CPU, by name. Two runs with the
     * same facts give the same bits.
     */
    public static Map<String, String> facts() {
        Native.load();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("libtorch", libraryVersion());
        facts.put("blas", Blas.name());
        facts.put("cpu", torch.get_cpu_capability().getString());
        facts.put("threads", Integer.toString(threads()));
        if (!Device.current().isCpu()) {
            facts.put("device", Device.current().toString());
        }
        return facts;
    }
}
