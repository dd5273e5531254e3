package io.weft.nn;

import io.weft.tensor.DType;
import io.weft.tensor.GradientCuts;
import io.weft.tensor.NoGrad;
import io.weft.tensor.PackedMatrix;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * y = x W^T + b under its Hugging Face name. Seam 1 of tuning: a {@link Delta} changes its output, and can be merged
 * into its weight. It gives back the type that it is given, and multiplies in a type of its own or in that one: with
 * bf16 both factors are rounded to it, and so is the product, whose sums are fp32; bias and deltas come after that. A
 * weight that is kept in another type is converted where it is used, and the copy lives no longer than the scope around
 * it.
 */
public final class Linear implements Parameters {
    /**
     * Elements of a slice of weight that is upcast at once: 4 MB, which stay in the processor's cache until they are
     * multiplied.
     */
    private static final long SLICE = 1 << 20;
    private final String name;
    private final Weight weight;
    private final Tensor bias;
    private final DType products; // null: the type of what is given
    private final Attached<Delta> deltas = new Attached<>();
    private PackedMatrix packed; // null where there is none

    /** One that multiplies in the type of what it is given. @param name without ".weight"  @param bias [O], or null */
    public Linear(String name, Weight weight, Tensor bias) { this(name, weight, bias, null); }

    /** @param products the type that it multiplies in */
    public Linear(String name, Weight weight, Tensor bias, DType products) {
        this.name = name;
        this.weight = weight;
        this.bias = bias;
        this.products = products;
    }

    /** The same linear, without deltas, of another weight and bias. */
    public Linear with(Weight otherWeight, Tensor otherBias) {
        return new Linear(name, otherWeight, otherBias, products);
    }

    /** The same, without deltas, multiplying in the type of what it is given. */
    public Linear exact() { return new Linear(name, weight, bias); }

    /** What a tuning method changes of one linear. What it leaves alone it need not say. */
    public interface Delta extends Parameters {
        /** Which linear computes: this one, or a copy of it that was trained. */
        default Linear inPlaceOf(Linear own) { return own; }

        /** What the linear is to see. @param x [T, I], left as it is -> [T, I] */
        default Tensor input(Tensor x, Pass pass) { return x; }

        /**
         * What is to follow. @param x [T, I], as {@link #input} made it  @param y [T, O] of it, fresh, so it may be
         * changed in place -> [T, O]
         */
        default Tensor output(Tensor x, Tensor y, Pass pass) { return y; }

        /** The weight that alone does what weight and delta do together. @param weight [O, I], left as it is */
        default Tensor mergedWeight(Tensor weight) { return weight; }

        /** The bias that goes with {@link #mergedWeight}. @param bias [O], left as it is */
        default Tensor mergedBias(Tensor bias) { return bias; }
    }

    public String name() { return name; }

    /** The last part of the name, e.g. "q_proj": what tuning targets are matched with. */
    public String lastName() { return name.substring(name.lastIndexOf('.') + 1); }

    public long inputs() { return weight.inputs(); }

    public long outputs() { return weight.outputs(); }

    public Weight weight() { return weight; }

    /** [O], or null. */
    public Tensor bias() { return bias; }

    /** x [T, I] -> [T, O], with the deltas of the pass's adapters. */
    public Tensor forward(Tensor x, Pass pass) {
        if (!deltas.worksIn(pass)) {
            return forward(x);
        }
        if (!pass.adapters().differ()) {
            return forward(x, deltas.chosen(pass, 0), pass);
        }
        if (deltas.all().anyMatch(delta -> delta.inPlaceOf(this) != this)) {
            return deltas.each(x, pass, (delta, start, own, p) -> forward(own, delta, p));
        }
        Tensor seen = deltas.apply(x, pass, (delta, start, own, p) -> delta.input(own, p));
        return deltas.apply(forward(seen), pass, (delta, start, own, p) ->
                delta.output(seen.narrow(0, start, own.size(0)), own, p).to(x.type()));
    }

    /** @param delta of the one adapter that works, or null */
    private Tensor forward(Tensor x, Delta delta, Pass pass) {
        if (delta == null) {
            return forward(x);
        }
        // of the product and of what the delta adds alike, so that the graph before it is gone through once
        Tensor seen = isCut(x) ? GradientCuts.joined(delta.input(x, pass)) : delta.input(x, pass);
        return delta.output(seen, delta.inPlaceOf(this).forward(seen), pass).to(x.type());
    }

    /**
     * The linear that computes in a pass: this one, or the adapter's copy.
     *
     * @throws IllegalArgumentException when documents differ in it
     */
    public Linear in(Pass pass) {
        if (!deltas.worksIn(pass)) {
            return this;
        }
        if (pass.adapters().differ()) {
            throw new IllegalArgumentException("each document has its own " + name);
        }
        Delta delta = deltas.chosen(pass, 0);
        return delta == null ? this : delta.inPlaceOf(this);
    }

    /** The same without any delta. */
    public Tensor forward(Tensor x) { return product(x, bias == null ? null : bias.to(x.type())); }

    /** x W^T, without bias and delta. */
    public Tensor product(Tensor x) { return product(x, null); }

    /** The type that it multiplies in. @param given that of x */
    private DType products(DType given) { return products == null ? given : products; }

    /**
     * Lays the weight out once more, as it is multiplied fastest where no graph is made, if that can be: for whoever
     * answers, and never trains it.
     */
    void pack() {
        packed = products == DType.BF16 && weight.isIn(products) ? PackedMatrix.of(weight.wide(products)).orElse(null)
                : null;
    }

    /** Whether products are rounded to a narrower type than that of what is given. */
    boolean isRounded(DType given) { return products(given) != given; }

    /** Whether no delta works here in a pass. */
    boolean isPlain(Pass pass) { return !deltas.worksIn(pass); }

    /** Whether a frozen weight is converted at each use. @param given the type of x */
    boolean isConverted(DType given) {
        return !weight.isIn(products(given)) && weight.parameters().noneMatch(Tensor::isTrainable);
    }

    private Tensor product(Tensor x, Tensor bias) {
        if (isRounded(x.type()) && !isCut(x)) {
            Tensor narrow = x.to(products);
            Tensor y = (packed == null || NoGrad.isOff() ? multiplied(narrow, null) : packed.product(narrow))
                    .to(x.type());
            return bias == null ? y : y.add(bias);
        }
        return multiplied(x, bias);
    }

    private Tensor multiplied(Tensor x, Tensor bias) {
        if (isCut(x)) {
            Tensor joined = GradientCuts.joined(x);
            Tensor made = GradientCuts.made(joined, NoGrad.get(() ->
                    sliced(joined.to(products(x.type())), null).to(x.type())), this::inputGradient);
            return bias == null ? made : made.add(bias);
        }
        return weight.isIn(x.type()) || NoGrad.isOff() ? Tensor.linear(x, weight.wide(x.type()), bias)
                : sliced(x, bias);
    }

    /** Whether a graph keeps no copy of the weight, since the gradient is computed from it anew. */
    private boolean isCut(Tensor x) {
        return NoGrad.isOff() && GradientCuts.areMade() && isConverted(x.type());
    }

    /** The same without a graph: no copy of the whole weight is made. */
    private Tensor sliced(Tensor x, Tensor bias) {
        List<Tensor> parts = new ArrayList<>();
        eachSlice((from, length) ->
                parts.add(Scope.keep(() -> Tensor.linear(x, weight.wide(x.type(), from, length), bias == null ? null
                : bias.narrow(0, from, length)))));
        return Tensor.concat(1, parts);
    }

    /**
     * The gradient of x by that of the weight's product with it, without a graph and without the delta: [T, O] -> [T,
     * I].
     */
    public Tensor inputGradient(Tensor outputGradient) {
        DType type = products(outputGradient.type());
        Tensor given = outputGradient.to(type);
        if (weight.isIn(type)) {
            return given.matmul(weight.wide(type).detach()).to(outputGradient.type());
        }
        Tensor sum = Tensor.zeros(outputGradient.size(0), inputs());
        eachSlice((from, length) ->
                Scope.run(() -> sum.addMatmulInPlace(given.narrow(1, from, length),
                weight.wide(type, from, length).detach(), 1)));
        return sum;
    }

    /**
     * Adds the gradient of the weight, which is trained, to the one that it has.
     *
     * @param outputGradient [T, O]  @param x [T, I], both of one type
     */
    public void addWeightGradient(Tensor outputGradient, Tensor x) {
        DType type = products(x.type());
        weight.stored().gradientOrZeros()
                .addMatmulInPlace(outputGradient.to(type).transpose(0, 1), x.to(type), 1);
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

    /** The default adapter's delta, or that of {@link Adapters#attachedAs}, if it has one here. */
    public Optional<Delta> delta() { return Optional.ofNullable(deltas.of(Adapters.attachedNow())); }

    /** See {@link Adapters#attachedAs}. @throws IllegalStateException when the adapter has a delta here already */
    public void attach(Delta delta) { attach(Adapters.attachedNow(), delta); }

    /** @throws IllegalStateException when the adapter has a delta here already */
    public void attach(String adapter, Delta delta) { deltas.attach(name, adapter, delta); }

    void detach(String adapter) { deltas.remove(adapter); }

    /**
     * The weight with the default adapter's delta merged in, in fp32, laid out as in the file; the stored weight itself
     * when there is none.
     */
    public Tensor mergedWeight() {
        Delta delta = deltas.of(Adapters.DEFAULT_NAME);
        return delta == null ? weight.stored()
                : weight.asStored(delta.mergedWeight(delta.inPlaceOf(this).weight.wide(DType.F32)));
    }

    /** The bias with the default adapter's delta merged in, or null where the linear has none. */
    public Tensor mergedBias() {
        Delta delta = deltas.of(Adapters.DEFAULT_NAME);
        return delta == null || bias == null ? bias : delta.mergedBias(delta.inPlaceOf(this).bias);
    }

    @Override public Stream<Tensor> parameters() {
        Stream<Tensor> own = Stream.concat(weight.parameters(), Stream.ofNullable(bias));
        return Stream.concat(own, deltas.parameters());
    }
}
