package io.weft.tune.lora;

import io.weft.nn.Linear;
import io.weft.tensor.DType;
import io.weft.tensor.NoGrad;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.List;
import java.util.function.Supplier;

/** The two matrices of an update as it begins. */
public final class FirstFactors {
    private static final long STREAM = 0x6c6f7261; // "lora"
    /** Directions looked at beside those that are kept, and times that they are turned to the largest. */
    private static final int OVERSAMPLING = 8, ITERATIONS = 8;

    private FirstFactors() {}

    /** Zeros, for values that are read afterwards. */
    public static Pair zeros(Linear linear, int rank) {
        return new Pair(Scope.keep(() -> Tensor.zeros(rank, linear.inputs())),
                Scope.keep(() -> Tensor.zeros(linear.outputs(), rank)));
    }

    /** Those of a start. @param scale of the update  @param place of the linear among those that are tuned */
    public static Pair of(LoraForm.Start start, Linear linear, int rank, double scale, long seed, long place) {
        RandomStream random = RandomStream.of(STREAM, seed, place);
        // Kaiming-uniform with a = sqrt(5), as PEFT draws A
        double bound = 1 / Math.sqrt(linear.inputs());
        return switch (start) {
            case KAIMING -> new Pair(Scope.keep(() -> random.uniform(-bound, bound, rank, linear.inputs())),
                    Scope.keep(() -> Tensor.zeros(linear.outputs(), rank)));
            case GAUSSIAN -> new Pair(Scope.keep(() -> random.normal(1.0 / rank, rank, linear.inputs())),
                    Scope.keep(() -> Tensor.zeros(linear.outputs(), rank)));
            case ORTHOGONAL -> orthogonal(linear, rank, seed, place);
            case PISSA -> principal(linear, rank, scale);
            case PISSA_FAST -> principal(linear, rank, scale, random);
        };
    }

    /**
     * Random matrices of rank / 2 on either half of an orthogonal matrix, so that B A = 0, a tenth as large as normal,
     * as
     * PEFT draws them. @param rank even
     */
    private static Pair orthogonal(Linear linear, int rank, long seed, long place) {
        int half = rank / 2;
        Tensor basis = RandomStream.of(STREAM, seed, place, 0).normal(1, rank, rank).triangular().left();
        Tensor odd = basis.narrow(0, 0, half), even = basis.narrow(0, half, half);
        return new Pair(
                Scope.keep(() -> odd.transpose(0, 1).matmul(RandomStream.of(STREAM, seed, place, 1)
                .normal(0.1, half, linear.inputs()))),
                Scope.keep(() -> RandomStream.of(STREAM, seed, place, 2).normal(0.1, linear.outputs(), half)
                .matmul(even)));
    }

    /** The parts of the weight with the largest singular values (PiSSA): scale B A is their sum. */
    public static Pair principal(Linear linear, int rank, double scale) {
        return principal(rank, scale, () -> linear.weight().wide(DType.F32).contiguous().singularValues());
    }

    /** The same nearly, from a few random directions (Halko et al. 2011, arXiv:0909.4061, algorithms 4.4 and 5.1). */
    private static Pair principal(Linear linear, int rank, double scale, RandomStream random) {
        return principal(rank, scale, () -> {
            Tensor weight = linear.weight().wide(DType.F32).contiguous();
            long some = Math.min(rank + OVERSAMPLING, Math.min(linear.inputs(), linear.outputs()));
            Tensor basis = weight.matmul(random.normal(1, linear.inputs(), some)).triangular().left();
            for (int i = 0; i < ITERATIONS; i++) {
                Tensor across = weight.transpose(0, 1).matmul(basis).triangular().left();
                basis = weight.matmul(across).triangular().left();
            }
            Tensor.Factors small = basis.transpose(0, 1).matmul(weight).singularValues();
            return new Tensor.Factors(basis.matmul(small.left()), small.values(), small.right());
        });
    }

    private static Pair principal(int rank, double scale, Supplier<Tensor.Factors> decomposed) {
        return NoGrad.get(() -> {
            List<Tensor> kept = Scope.keepAll(() -> {
                Tensor.Factors factors = decomposed.get();
                Tensor roots = factors.values().narrow(0, 0, rank).mul(1 / scale).sqrt();
                return List.of(
                        factors.right().narrow(0, 0, rank).mul(roots.unsqueeze(1)).contiguous(),
                        factors.left().narrow(1, 0, rank).mul(roots).contiguous());
            });
            return new Pair(kept.get(0), kept.get(1));
        });
    }
}
