import io.weft.nn.Weight;
import io.weft.nn.quant.Nf4Quantiser;
import io.weft.nn.quant.Nf4Weight;
import io.weft.tensor.DType;
import io.weft.tensor.Engine;
import io.weft.tensor.NoGrad;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.function.Supplier;

/**
 * How fast weights in NF4 become fp32: by Java's threads, as Weft does on the CPU, and by libtorch's operations, as on
 * other devices (bytes look pairs up in a table [256, 2], blocks are scaled); whole, and in slices of 4 MB as linears
 * take them, beside the same of bf16. GB/s of fp32 that is made; the best of some rounds.
 * <pre>
 *   java -cp ... bench/Nf4Rate.java [OUTPUTS INPUTS]
 * </pre>
 */
public class Nf4Rate {
    private static final int ROUNDS = 5;

    public static void main(String[] arguments) {
        long outputs = arguments.length == 2 ? Long.parseLong(arguments[0]) : 13696,
                inputs = arguments.length == 2 ? Long.parseLong(arguments[1]) : 4096;
        Scope.run(() -> NoGrad.run(() -> {
            Tensor stored = Scope.keep(() -> RandomStream.of(1).normal(0.02, outputs, inputs).to(DType.BF16));
            long begun = System.nanoTime();
            Nf4Weight weight = Nf4Quantiser.USUAL.of(Weight.of(stored));
            double seconds = (System.nanoTime() - begun) / 1e9;
            System.out.printf("%d threads; %d x %d quantised in %.2f s, %.0f M elements/s%n", Engine.threads(), outputs,
                    inputs, seconds, outputs * inputs / seconds / 1e6);
            long rows = (1 << 20) / inputs;
            report("Java, whole", outputs * inputs, () -> weight.wide(DType.F32));
            report("Java, 4 MB slices", outputs * inputs, () -> sliced(weight, outputs, rows));
            report("bf16 upcast, whole", outputs * inputs, () -> stored.to(DType.F32));
            report("bf16 upcast, 4 MB slices", outputs * inputs, () -> sliced(Weight.of(stored), outputs, rows));
            Tensor pairs = pairs(), scales = weight.scales().wide().unsqueeze(1);
            report("libtorch, whole", outputs * inputs, () -> Tensor.embedding(pairs, weight.packed().to(DType.I32))
                    .view(scales.size(0), 64).mul(scales).to(DType.BF16).to(DType.F32));
            report("libtorch, 4 MB slices", outputs * inputs, () -> {
                long blocks = rows * inputs / 64;
                for (long from = 0; from < scales.size(0); from += blocks) {
                    long start = from, length = Math.min(blocks, scales.size(0) - from);
                    Scope.run(() -> Tensor.embedding(pairs, weight.packed().narrow(0, start * 32, length * 32)
                            .to(DType.I32)).view(length, 64).mul(scales.narrow(0, start, length)).to(DType.BF16)
                            .to(DType.F32));
                }
                return null;
            });
        }));
    }

    private static Tensor sliced(Weight weight, long outputs, long rows) {
        for (long from = 0; from < outputs; from += rows) {
            long start = from, length = Math.min(rows, outputs - from);
            Scope.run(() -> weight.wide(DType.F32, start, length));
        }
        return null;
    }

    private static Tensor pairs() {
        float[] pairs = new float[512], code = Nf4Weight.code();
        for (int i = 0; i < 256; i++) {
            pairs[2 * i] = code[i >> 4];
            pairs[2 * i + 1] = code[i & 15];
        }
        return Tensor.of(pairs, 256, 2);
    }

    private static void report(String name, long elements, Supplier<Tensor> body) {
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < ROUNDS; i++) {
            long begun = System.nanoTime();
            Scope.run(body::get);
            best = Math.min(best, (System.nanoTime() - begun) / 1e9);
        }
        System.out.printf("%-26s %.2f GB/s%n", name, 4 * elements / best / 1e9);
    }
}
