package io.weft.train;

import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.tensor.DType;
import io.weft.tensor.Engine;
import io.weft.tensor.NoGrad;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How fast a core of this CPU multiplies in fp32 and in bf16, measured in a model's own shapes: forward and input
 * gradient of its largest linears, some milliseconds each. A CPU with instructions for bf16 may be twice as fast in it,
 * one without them many times slower, and some that have them are slower, too, so nothing but a measurement tells. It
 * is taken on one thread and in that thread's own time, so that a busy machine says the same.
 *
 * @param fp32 GFLOP/s of one core
 * @param bf16 GFLOP/s of one core
 */
public record ProductRates(double fp32, double bf16) {
    /** Where nobody knows how many tokens a pass will have. */
    public static final long USUAL_TOKENS = 512;
    /** From which ratio on bf16 is faster in the whole: converting what goes in and out costs about a tenth. */
    private static final double CLEARLY = 1.2;
    /** Largest shapes that are measured, and the work of one product: some milliseconds of one core. */
    private static final int SHAPES = 3;
    private static final double WORK = 2e8;
    private static final int ROUNDS = 3;
    private static final long SMALLEST = 20_000_000;
    /** A type that takes so many times as long as the other at first is not measured again. */
    private static final double HOPELESS = 4;

    /** Whether a model is large enough for products to decide about its speed: in a smaller one they are a trifle. */
    public static boolean matterFor(CausalLm model) {
        return model.linears().values().stream().mapToLong(linear -> linear.weight().elements()).sum() >= SMALLEST;
    }

    /** Whether bf16 is so much faster that a whole step is. */
    public boolean favourBf16() { return bf16 >= CLEARLY * fp32; }

    /** @param tokens of the largest micro-batch */
    public static ProductRates of(CausalLm model, long tokens) {
        int before = Engine.threads();
        Engine.useThreads(1);
        try {
            return NoGrad.get(() -> measured(shapes(model), Math.max(1, Math.min(USUAL_TOKENS, tokens))));
        } finally {
            Engine.useThreads(before);
        }
    }

    /** [outputs, inputs] of those linears that have the largest share of the work. */
    private static List<long[]> shapes(CausalLm model) {
        Map<String, long[]> shares = new TreeMap<>();
        for (Linear linear : model.linears().values()) {
            shares.computeIfAbsent(linear.outputs() + " " + linear.inputs(),
                    key -> new long[] {linear.outputs(), linear.inputs(), 0})[2] += linear.outputs() * linear.inputs();
        }
        return shares.values().stream().sorted(Comparator.comparingLong((long[] share) -> share[2]).reversed())
                .limit(SHAPES).toList();
    }

    private static ProductRates measured(List<long[]> shapes, long tokens) {
        double work = 0, wide = 0, narrow = 0;
        for (long[] shape : shapes) {
            long outputs = Math.max(1, Math.min(shape[0], (long) (WORK / tokens / shape[1])));
            double[] best = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
            Scope.run(() -> {
                var draws = RandomStream.of(outputs, shape[1]);
                var inFp32 = new Products(draws.normal(1, tokens, shape[1]), draws.normal(1, outputs, shape[1]),
                        draws.normal(1, tokens, outputs));
                Products inBf16 = inFp32.to(DType.BF16);
                // the first round warms up
                for (int round = 0; round <= ROUNDS && (round < 2 || best[1] < HOPELESS * best[0]); round++) {
                    best[0] = Math.min(best[0], inFp32.seconds());
                    best[1] = Math.min(best[1], inBf16.seconds());
                }
            });
            work += 4.0 * tokens * outputs * shape[1];
            wide += best[0];
            narrow += best[1];
        }
        return new ProductRates(work / wide / 1e9, work / narrow / 1e9);
    }

    /** x [T, I], weight [O, I], gradient [T, O]. */
    private record Products(Tensor x, Tensor weight, Tensor gradient) {
        Products to(DType type) { return new Products(x.to(type), weight.to(type), gradient.to(type)); }

        /** That a linear and its input gradient take. */
        double seconds() {
            long begun = System.nanoTime(), begunHere = ownTime();
            Scope.run(() -> {
                Tensor.linear(x, weight, null);
                gradient.matmul(weight);
            });
            long here = ownTime() - begunHere;   // 0 where such clocks do not tick or tick too slowly
            return (here > 0 ? here : System.nanoTime() - begun) / 1e9;
        }

        private static long ownTime() {
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            return threads.isCurrentThreadCpuTimeSupported() ? threads.getCurrentThreadCpuTime() : 0;
        }
    }
}
