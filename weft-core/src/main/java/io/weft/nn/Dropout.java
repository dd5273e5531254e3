package io.weft.nn;

import io.weft.tensor.RandomStream;
import io.weft.tensor.Tensor;

/**
 * Where a model's dropout masks come from: a pure function of seed, pass and place, so a resumed or recomputed pass
 * draws the same ones and no generator has to be saved. Off unless a trainer switched it on.
 */
public final class Dropout {
    private static final long STREAM = 0x64726f70; // "drop", apart from every other use of the same seed
    private long seed, pass;
    private boolean on;

    /** Draws masks until {@link #off}. @param pass number of the micro-batch from the start of the run */
    public void on(long seed, long pass) {
        this.seed = seed;
        this.pass = pass;
        on = true;
    }

    public void off() { on = false; }

    /**
     * x with elements left out, the rest as they are; x itself when off.
     *
     * @param place different for each use within a pass
     */
    public Tensor apply(Tensor x, double probability, long place) {
        return on && probability > 0
                ? x.mul(RandomStream.of(STREAM, seed, pass, place).dropoutMask(probability, x.shape())) : x;
    }

    /**
     * What a linear function of the kept elements is multiplied with to keep its mean: 1 / (1 - probability), 1 when
     * off. Cheaper there than on every element.
     */
    public double gain(double probability) { return on ? 1 / (1 - probability) : 1; }
}
