package io.weft.nn;

import io.weft.tensor.RandomStream;
import io.weft.tensor.Tensor;

/**
 * Where the dropout masks of a pass come from: a pure function of seed, pass and place, so a resumed or recomputed pass
 * draws the same ones and no generator has to be saved.
 */
public final class Dropout {
    /** Leaves nothing out: whoever does not train. */
    public static final Dropout NONE = new Dropout(0, 0, false);
    private static final long STREAM = 0x64726f70; // "drop", apart from every other use of the same seed
    private static final int PARTS = 40;          // no run has so many micro-batches
    private final long seed, pass;
    private final boolean on;

    private Dropout(long seed, long pass, boolean on) {
        this.seed = seed;
        this.pass = pass;
        this.on = on;
    }

    /** @param pass number of the micro-batch from the start of the run */
    public static Dropout of(long seed, long pass) { return new Dropout(seed, pass, true); }

    /** Of one of the passes into which a micro-batch was divided, from 0; the first is as the whole one's. */
    public Dropout ofPart(int part) { return new Dropout(seed, pass + ((long) part << PARTS), on); }

    /**
     * x with elements left out, the rest as they are; x itself where nothing is to be left out.
     *
     * @param place different for each use within a pass
     */
    public Tensor apply(Tensor x, double probability, long place) {
        return on && probability > 0
                ? x.mul(RandomStream.of(STREAM, seed, pass, place).dropoutMask(probability, x.shape())) : x;
    }

    /**
     * What a linear function of the kept elements is multiplied with to keep its mean: 1 / (1 - probability), 1 where
     * nothing is left out. Cheaper there than on every element.
     */
    public double gain(double probability) { return on ? 1 / (1 - probability) : 1; }
}
