package io.weft.tensor;

import java.util.stream.LongStream;

/** Work of Java's threads on arrays and memory of the host, where libtorch has no operation; they make no tensors. */
public final class HostThreads {
    private HostThreads() {}

    /** Some of the items. */
    public interface Part {
        void run(long from, long to);
    }

    /** Runs all parts, on several threads where libtorch may use several. @param atOnce items of a part */
    public static void each(long items, long atOnce, Part part) {
        LongStream starts = LongStream.range(0, (items + atOnce - 1) / atOnce);
        (Engine.threads() > 1 ? starts.parallel() : starts)
                .forEach(i -> part.run(i * atOnce, Math.min(items, (i + 1) * atOnce)));
    }
}
