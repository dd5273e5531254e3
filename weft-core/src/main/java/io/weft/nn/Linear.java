package io.weft.nn;

import io.weft.tensor.DType;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * y = x W^T + b under its Hugging Face name. Seam 1 of tuning: a {@link Delta} changes its output, and can be merged
 * into its weight. A weight that is stored narrow (bf16, fp16) is widened where it is used and lives no longer than the
 * scope around it: see {@link #weight}.
 */
public final class Linear implements Parameters {
    /**
     * Elements of a slice of weight that is widened at once: 4 MB, which stay in the processor's cache until they are
     * multiplied.
     */
    private static final long SLICE = 1 << 20;
    private final String name;
    private final Tensor stored, bias;
    private final boolean turned;
    private Delta delta;
    private boolean deltaOn = true;

    /** @param name without ".weight"  @param stored [O, I]  @param bias [O] in fp32, or null */
    public Linear(String name, Tensor stored, Tensor bias) { this(name, stored, bias, false); }

    private Linear(String name, Tensor stored, Tensor bias, boolean turned) {
        this.name = name;
        this.stored = stored;
        this.bias = bias;
        this.turned = turned;
    }

    /**
     * One whose file holds the weight the other way round, as GPT-2's (Conv1D in Hugging Face, fan_in_fan_out in PEFT).
     *
     * @param stored [I, O]
     */
    public static Linear turned(String name, Tensor stored, Tensor bias) {
        return new Linear(name, stored, bias, true);
    }

    /** What a tuning method adds to one linear. */
    public interface Delta {
        /** @param x [T, I]  @param y [T, O], fresh, so it may be changed in place -> [T, O] */
        Tensor apply(Tensor x, Tensor y);

        /** The weight that alone does what weight and delta do together. @param weight [O, I], left as it is */
        Tensor mergedInto(Tensor weight);

        Stream<Tensor> parameters();
    }

    public String name() { return name; }

    /** The last part of the name, e.g. "q_proj": what tuning targets are matched with. */
    public String lastName() { return name.substring(name.lastIndexOf('.') + 1); }

    public long inputs() { return stored.size(turned ? 0 : 1); }

    public long outputs() { return stored.size(turned ? 1 : 0); }

    /** Whether the file holds W^T. */
    public boolean isTurned() { return turned; }

    /**
     * [O, I] in fp32, what a CPU multiplies in: the stored tensor itself, or made anew at each call when that is
     * narrower.
     */
    public Tensor weight() {
        Tensor wide = stored.to(DType.F32);
        return turned ? wide.transpose(0, 1) : wide;
    }

    /** The weight as its file holds it, [I, O] when {@linkplain #isTurned turned}; what full tuning trains. */
    public Tensor stored() { return stored; }

    /** [O], or null. */
    public Tensor bias() { return bias; }

    /** Whether its weight is stored narrow and widened at each use. */
    public boolean isWidened() { return stored.type() != DType.F32; }

    /** x [T, I] -> [T, O]. */
    public Tensor forward(Tensor x) {
        Tensor y = isWidened() && !NoGrad.isOff() ? sliced(x) : Tensor.linear(x, weight(), bias);
        return delta != null && deltaOn ? delta.apply(x, y) : y;
    }

    /** The same without a graph: no wide copy of the whole weight is made. */
    private Tensor sliced(Tensor x) {
        List<Tensor> parts = new ArrayList<>();
        eachSlice((from, length) ->
                parts.add(Scope.keep(() -> Tensor.linear(x, widened(from, length), bias == null ? null
                : bias.narrow(0, from, length)))));
        return Tensor.concat(1, parts);
    }

    /**
     * The gradient of x by that of the weight's product with it, without a graph and without the delta: [T, O] -> [T,
     * I].
     */
    public Tensor inputGradient(Tensor outputGradient) {
        if (!isWidened()) {
            return outputGradient.matmul(weight().detach());
        }
        Tensor sum = Tensor.zeros(outputGradient.size(0), inputs());
        eachSlice((from, length) ->
                Scope.run(() -> sum.addMatmulInPlace(outputGradient.narrow(1, from, length), widened(from, length),
                1)));
        return sum;
    }

    /** Some of the outputs' weights, [length, I] in fp32. */
    private Tensor widened(long from, long length) {
        Tensor slice = stored.narrow(turned ? 1 : 0, from, length).to(DType.F32);
        return turned ? slice.transpose(0, 1) : slice;
    }

    private void eachSlice(SliceBody body) {
        long rows = Math.max(1, SLICE / inputs());
        for (long from = 0; from < outputs(); from += rows) {
            body.run(from, Math.min(rows, outputs() - from));
        }
    }

    private interface SliceBody {
        void run(long from, long length);
    }

    /** @throws IllegalStateException when there is a delta already */
    public void attach(Delta delta) {
        if (this.delta != null) {
            throw new IllegalStateException(name + " is tuned already");
        }
        this.delta = delta;
    }

    /** The attached delta, or null. */
    public Delta delta() { return delta; }

    /**
     * The weight with the delta merged in, in fp32, laid out as in the file; the stored weight itself when there is
     * none.
     */
    public Tensor mergedWeight() {
        if (delta == null) {
            return stored;
        }
        Tensor merged = delta.mergedInto(weight());
        return turned ? merged.transpose(0, 1).contiguous() : merged;
    }

    void switchDelta(boolean on) { deltaOn = on; }

    @Override public Stream<Tensor> parameters() {
        Stream<Tensor> own = bias == null ? Stream.of(stored) : Stream.of(stored, bias);
        return delta == null ? own : Stream.concat(own, delta.parameters());
    }
}
