package io.weft.tune.lora;

import io.weft.nn.Linear;
import io.weft.tensor.DType;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;

/**
 * Learned lengths of the weights of each output, apart from their direction (DoRA, Liu et al. 2024, arXiv:2402.09353):
 * y = m / ||V|| V x with V = W + s B A. To the gradient, ||V|| is a constant (section 4.3). The matrix V is never made:
 * its norms follow from those of W, from W A^T and from A A^T. Belongs to the thread of its model.
 */
public final class Lengths {
    /** Elements of a slice of weight that is upcast at once, as in {@link Linear}. */
    private static final long SLICE = 1 << 20;
    private final Tensor learned, squares;
    /** 1 / ||V|| of the pair as it was at these versions, for passes between which nothing is trained. */
    private float[] inverse;
    private long downVersion = -1, upVersion = -1;

    private Lengths(Tensor learned, Tensor squares) {
        this.learned = learned;
        this.squares = squares;
    }

    /** Those that leave every output as it is. @param pair the whole update, times its scale */
    public static Lengths of(Linear linear, Pair pair, double scale) {
        Tensor squares = Scope.keep(() -> NoGrad.get(() -> squares(linear)));
        return new Lengths(Scope.keep(() -> NoGrad.get(() -> norms(squares, linear, pair, scale))), squares);
    }

    /** m [O]. */
    public Tensor learned() { return learned; }

    /** m / ||V|| [O], in fp32. @param trained tells when it changed  @param whole the whole update, times its scale */
    Tensor factors(Linear linear, Pair trained, Pair whole, double scale) {
        long down = trained.down().version(), up = trained.up().version();
        if (inverse == null || down != downVersion || up != upVersion) {
            inverse = NoGrad.get(() -> Scope.value(() ->
                    norms(squares, linear, whole.detached(), scale).toFloats()));
            for (int i = 0; i < inverse.length; i++) {
                inverse[i] = 1 / inverse[i];
            }
            downVersion = down;
            upVersion = up;
        }
        return learned.mul(Tensor.of(inverse, inverse.length));
    }

    /** ||W||^2 of each output [O]. */
    private static Tensor squares(Linear linear) {
        Tensor squares = Tensor.empty(DType.F32, linear.outputs());
        long rows = Math.max(1, SLICE / linear.inputs());
        for (long from = 0; from < linear.outputs(); from += rows) {
            long start = from, length = Math.min(rows, linear.outputs() - from);
            Scope.run(() -> squares.narrow(0, start, length)
                    .copyFrom(linear.weight().wide(DType.F32, start, length).square().sum(1)));
        }
        return squares;
    }

    /** ||W + s B A|| of each output: the square is ||W||^2 + 2 s (W A^T) . B + s^2 (B A A^T) . B. */
    private static Tensor norms(Tensor squares, Linear linear, Pair pair, double scale) {
        Tensor across = linear.exact().product(pair.down()).transpose(0, 1).mul(pair.up()).sum(1).mul(2 * scale);
        Tensor own = pair.up().matmul(pair.down().matmul(pair.down().transpose(0, 1))).mul(pair.up()).sum(1)
                .mul(scale * scale);
        return squares.add(across).add(own).sqrt();
    }
}
