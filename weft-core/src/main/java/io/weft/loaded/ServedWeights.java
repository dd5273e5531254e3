package io.weft.loaded;

import io.weft.model.WeightLoading;
import io.weft.model.WeightPlacement;
import io.weft.model.folder.FrozenWeights;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.problem.UserError;
import io.weft.settings.Word;
import io.weft.tensor.DType;
import io.weft.tensor.Engine;
import io.weft.tensor.NoGrad;
import io.weft.tensor.PackedMatrix;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * What the matrices of a model that answers are kept in, and multiplied in. Each token of an answer reads all of them
 * once, so half the bytes may be half the time: where the CPU multiplies bf16 well. Sums are fp32 in any case, and so
 * is everything but the products.
 */
public enum ServedWeights implements Word {
    /** bf16 where a measurement of the model's largest matrix says that it is clearly faster, else fp32. */
    AUTO, FP32, BF16;

    /** Answers at once for which it must not be slower. */
    private static final int TOGETHER = 8;
    /** bf16 must take at most this share of fp32's time for one answer: below it, what is rounded is not worth it. */
    private static final double CLEARLY = 0.8;
    /** Bytes of the matrices that are read, in fp32: more than caches hold, some milliseconds. */
    private static final long MEASURED = 64L << 20;
    private static final int ROUNDS = 3;
    /** In smaller models the products are a trifle. */
    private static final long SMALLEST = 20_000_000;

    /** @throws UserError for another word */
    public static ServedWeights parse(String word) {
        return Arrays.stream(values()).filter(one -> one.word().equals(word)).findFirst().orElseThrow(() ->
                UserError.of(say("--weights is %s; expected %s", word, "auto, fp32, bf16")));
    }

    /** What this comes to for a model, on this machine. */
    public ServedWeights of(ModelFolder folder) {
        if (this != AUTO) {
            return this;
        }
        if (folder.isNarrow()) {
            return FP32; // they are upcast where they are used, as they were tuned
        }
        CausalLm outline = folder.outline();
        return outline.weightCount() < SMALLEST || !isFaster(outline) ? FP32 : BF16;
    }

    /** How weights are loaded for it. */
    WeightLoading loading(ModelFolder folder) {
        WeightPlacement placement = FrozenWeights.AUTO.of(folder);
        return this == BF16 ? WeightLoading.of(placement).multiplying(DType.BF16, DType.BF16)
                : WeightLoading.of(placement);
    }

    private static boolean isFaster(CausalLm outline) {
        Linear largest = outline.linears().values().stream()
                .max(Comparator.comparingLong(linear -> linear.weight().elements())).orElseThrow();
        int before = Engine.threads();
        Engine.useThreads(1); // in the thread's own time: a busy machine says the same
        try {
            return NoGrad.get(() -> Scope.value(() -> {
                // in its own shape, since a call costs about as much as a small matrix
                long inputs = largest.inputs(), outputs = largest.outputs();
                int copies = (int) Math.max(1, MEASURED / Float.BYTES / inputs / outputs);
                List<Tensor> wide = IntStream.range(0, copies)
                        .mapToObj(i -> RandomStream.of(1, i).normal(1, outputs, inputs)).toList();
                List<Tensor> narrow = wide.stream().map(each -> each.to(DType.BF16)).toList();
                List<Optional<PackedMatrix>> packed = narrow.stream().map(PackedMatrix::of).toList();
                Tensor x = RandomStream.of(2).normal(1, TOGETHER, inputs);
                Consumer<Tensor> inFp32 = some -> wide.forEach(each -> Tensor.linear(some, each, null));
                Consumer<Tensor> inBf16 = some -> IntStream.range(0, copies).forEach(i ->
                        packed.get(i).map(matrix -> matrix.product(some.to(DType.BF16)))
                        .orElseGet(() -> Tensor.linear(some.to(DType.BF16), narrow.get(i), null)).to(DType.F32));
                return seconds(inBf16, x.narrow(0, 0, 1)) <= CLEARLY * seconds(inFp32, x.narrow(0, 0, 1))
                        && seconds(inBf16, x) <= seconds(inFp32, x);
            }));
        } finally {
            Engine.useThreads(before);
        }
    }

    /** The least of some, with what converting costs. */
    private static double seconds(Consumer<Tensor> product, Tensor x) {
        double best = Double.POSITIVE_INFINITY;
        for (int round = 0; round <= ROUNDS; round++) {
            long begun = now();
            Scope.run(() -> product.accept(x));
            best = Math.min(best, (now() - begun) / 1e9);
        }
        return best;
    }

    private static long now() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return threads.isCurrentThreadCpuTimeSupported() ? threads.getCurrentThreadCpuTime() : System.nanoTime();
    }
}
