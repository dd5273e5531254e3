package io.weft.tensor;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A graph that is cut where the caller computes a gradient himself, so that it keeps nothing for that. Each cut leaves
 * a
 * leaf whose gradient gathers on the way back; the cuts are gone through in the opposite order of their making, so that
 * it is whole when its turn comes. Scoped as {@link NoGrad} is: it belongs to the thread inside of {@link #backward}.
 */
public final class GradientCuts {
    private static final ThreadLocal<GradientCuts> CURRENT = new ThreadLocal<>();
    private final Scope.Owner owner = Scope.owner();
    private final List<Cut> cuts = new ArrayList<>();
    private final Map<Tensor, Tensor> joined = new IdentityHashMap<>();

    private GradientCuts() {}

    /**
     * One place.
     *
     * @param before what the graph is before it  @param leaf what it is behind it
     * @param gradient of {@code before}, which is a leaf itself, by that of the leaf; null where the two are one
     */
    private record Cut(Tensor before, Tensor leaf, UnaryOperator<Tensor> gradient) {
        void backward() {
            Tensor arrived = leaf.gradient();
            if (arrived == null) {
                return;
            }
            Scope.run(() -> {
                if (gradient == null) {
                    before.backward(arrived, true);
                } else {
                    NoGrad.run(() -> before.gradientOrZeros().addInPlace(gradient.apply(arrived).to(before.type())));
                }
            });
            leaf.clearGradient();
        }
    }

    /**
     * Builds a graph, which may be cut meanwhile, and gathers the gradients of its leaves, given that of its output.
     */
    public static void backward(Supplier<Tensor> graph, Tensor gradient) {
        GradientCuts outer = CURRENT.get(), own = new GradientCuts();
        CURRENT.set(own);
        Tensor output;
        try {
            output = graph.get();
        } finally {
            CURRENT.set(outer);
        }
        // what lies between two cuts may be reached from both
        output.backward(gradient, !own.cuts.isEmpty());
        for (int i = own.cuts.size() - 1; i >= 0; i--) {
            own.cuts.get(i).backward();
        }
    }

    /** Whether a graph is being built that may be cut. */
    public static boolean areMade() { return CURRENT.get() != null; }

    /** The same values as a leaf, the same one each time for one tensor; itself where no gradient is wanted of it. */
    public static Tensor joined(Tensor x) {
        GradientCuts cuts = CURRENT.get();
        if (cuts == null || !x.isTrainable()) {
            return x;
        }
        if (!cuts.joined.containsKey(x)) {
            Tensor before = cuts.owner.keep(() -> x.view(x.shape())),
                    leaf = cuts.owner.keep(x::detach).trainable(true);
            cuts.cuts.add(new Cut(before, leaf, null));
            cuts.joined.put(x, leaf);
            cuts.joined.put(leaf, leaf);
        }
        return cuts.joined.get(x);
    }

    /**
     * What was made of a joined tensor without a graph, as a part of the graph; it may be changed in place.
     *
     * @param gradient of {@code joined}, given that of the result
     */
    public static Tensor made(Tensor joined, Tensor result, UnaryOperator<Tensor> gradient) {
        GradientCuts cuts = CURRENT.get();
        if (!joined.isTrainable()) {
            return result;
        }
        Tensor leaf = cuts.owner.keep(result::detach).trainable(true);
        cuts.cuts.add(new Cut(joined, leaf, gradient));
        return leaf.add(0);
    }
}
