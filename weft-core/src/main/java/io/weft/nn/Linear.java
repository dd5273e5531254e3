package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/** y = x W^T + b under its Hugging Face name. Seam 1 of tuning: a {@link Delta} changes its output, and can be merged into its weight. */
public final class Linear implements Part {
    private final String name;
    private final Tensor weight, bias;
    private Delta delta;
    private boolean deltaOn = true;

    /** @param name without ".weight"  @param weight [O, I]  @param bias [O] or null */
    public Linear(String name, Tensor weight, Tensor bias) {
        this.name = name;
        this.weight = weight;
        this.bias = bias;
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

    public long inputs() { return weight.size(1); }

    public long outputs() { return weight.size(0); }

    public Tensor weight() { return weight; }

    /** [O], or null. */
    public Tensor bias() { return bias; }

    /** x [T, I] -> [T, O]. */
    public Tensor forward(Tensor x) {
        Tensor y = Tensor.linear(x, weight, bias);
        return delta != null && deltaOn ? delta.apply(x, y) : y;
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

    /** The weight with the delta merged in; the weight itself when there is none. */
    public Tensor mergedWeight() { return delta == null ? weight : delta.mergedInto(weight); }

    void switchDelta(boolean on) { deltaOn = on; }

    @Override public Stream<Tensor> parameters() {
        Stream<Tensor> own = bias == null ? Stream.of(weight) : Stream.of(weight, bias);
        return delta == null ? own : Stream.concat(own, delta.parameters());
    }
}
