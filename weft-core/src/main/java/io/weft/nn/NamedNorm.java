package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * A norm under its Hugging Face name, in whose place an adapter can train a copy. Its parameters are {@code
 * NAME.weight}
 * and, where it has a second one, {@code NAME.bias}.
 */
public final class NamedNorm implements Norm {
    private final String name;
    private final Norm own;
    private final Attached<Norm> copies = new Attached<>();

    public NamedNorm(String name, Norm own) {
        this.name = name;
        this.own = own;
    }

    public String name() { return name; }

    /** The base's. */
    public Norm own() { return own; }

    @Override public Tensor forward(Tensor x) { return own.forward(x); }

    @Override public Tensor forward(Tensor x, Pass pass) {
        return copies.worksIn(pass)
                ? copies.each(x, pass, (copy, start, tokens, p) -> (copy == null ? own : copy).forward(tokens))
                : own.forward(x);
    }

    @Override public Norm with(List<Tensor> parameters) { return own.with(parameters); }

    /** See {@link Adapters#attachedAs}. @throws IllegalStateException when the adapter has a copy here already */
    public void attach(Norm copy) { attach(Adapters.attachedNow(), copy); }

    /** @throws IllegalStateException when the adapter has a copy here already */
    public void attach(String adapter, Norm copy) { copies.attach(name, adapter, copy); }

    void detach(String adapter) { copies.remove(adapter); }

    /** The norm with the default adapter's copy in its place, if there is one. */
    public Norm merged() {
        Norm copy = copies.of(Adapters.DEFAULT_NAME);
        return copy == null ? own : copy;
    }

    @Override public Stream<Tensor> parameters() { return Stream.concat(own.parameters(), copies.parameters()); }
}
