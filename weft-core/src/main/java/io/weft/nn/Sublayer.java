package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/**
 * The place where a block adds a sublayer's output to the hidden states. Seam 3 of tuning: a {@link Delta} changes that
 * output first, as bottleneck adapters do (Houlsby et al. 2019, arXiv:1902.00751).
 */
public final class Sublayer implements Parameters {
    private final Attached<Delta> deltas = new Attached<>();

    /** What a tuning method makes of a sublayer's output. */
    public interface Delta extends Parameters {
        /**
         * What is to be added.
         *
         * @param x [T, D] that the sublayer was given
         * @param y [T, D] that it made of it -> [T, D]
         */
        Tensor output(Tensor x, Tensor y, Pass pass);
    }

    /** See {@link Adapters#attachedAs}. @throws IllegalStateException when the adapter has a delta here already */
    public void attach(Delta delta) { attach(Adapters.attachedNow(), delta); }

    /** @throws IllegalStateException when the adapter has a delta here already */
    public void attach(String adapter, Delta delta) { deltas.attach("a sublayer", adapter, delta); }

    void detach(String adapter) { deltas.remove(adapter); }

    /** y [T, D] as it is to be added. @param x [T, D] that the sublayer was given */
    public Tensor output(Tensor x, Tensor y, Pass pass) {
        return deltas.worksIn(pass) ? deltas.apply(y, pass, (delta, start, own, p) ->
                delta.output(x.narrow(0, start, own.size(0)), own, p).to(y.type())) : y;
    }

    @Override public Stream<Tensor> parameters() { return deltas.parameters(); }
}
