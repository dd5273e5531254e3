package io.weft.nn;

import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * One pass of tokens through a model, and all that belongs to it: where the tokens stand and what they may attend to
 * (whole documents end to end, or the next tokens of rows whose past is in a {@link KeyValueCache}), dropout, which
 * adapters work, keys and values before those of the tokens, vectors in place of tokens. Every part's forward receives
 * it, so that nothing is ever switched on the model. Immutable: each {@code with} returns another pass over the same
 * tokens. Lives within the scope that made it.
 */
public final class Pass {
    private final int[] positions, starts;
    private final Attendable seen;
    private final Rotations rotations;
    private final Dropout dropout;
    private final Adapters adapters;
    private final KeyValuePrefix[] prefixes; // by document; null where no document has one
    private final List<Inserted> inserted;

    /** The rotations of a pass's tokens, made once for all layers. */
    private static final class Rotations {
        private final Map<Rope, Rope.Rotation> made = new IdentityHashMap<>();
        private final Scope.Owner owner = Scope.owner();
    }

    /** Rows of a tensor in place of what tokens would be embedded as. */
    private record Inserted(int[] places, Tensor rows) {}

    Pass(int[] positions, int[] starts, Attendable seen) {
        this(positions, starts, seen, new Rotations(), Dropout.NONE, Adapters.DEFAULT, null, List.of());
    }

    private Pass(int[] positions, int[] starts, Attendable seen, Rotations rotations, Dropout dropout,
            Adapters adapters, KeyValuePrefix[] prefixes, List<Inserted> inserted) {
        this.positions = positions;
        this.starts = starts;
        this.seen = seen;
        this.rotations = rotations;
        this.dropout = dropout;
        this.adapters = adapters;
        this.prefixes = prefixes;
        this.inserted = inserted;
    }

    /**
     * Whole documents, end to end.
     *
     * @param positions [T] of each token in its own document
     * @param starts [N + 1], document n is [starts[n], starts[n + 1])
     */
    public static Pass of(int[] positions, int[] starts) { return new Pass(positions, starts, new Documents(starts)); }

    /** One document, positions from 0. */
    public static Pass single(int length) {
        int[] positions = new int[length];
        Arrays.setAll(positions, i -> i);
        return of(positions, new int[] {0, length});
    }

    // ---- the same tokens otherwise ----

    /** The same with elements left out where parts ask for it. */
    public Pass with(Dropout dropout) {
        return new Pass(positions, starts, seen, rotations, dropout, adapters, prefixes, inserted);
    }

    /** The same with these adapters at work. */
    public Pass with(Adapters adapters) {
        adapters.requireFor(documents());
        return new Pass(positions, starts, seen, rotations, dropout, adapters, prefixes, inserted);
    }

    /**
     * The same through the model as it was before adapters were attached. Full tuning changes the weights themselves
     * and cannot be left out.
     */
    public Pass withoutTuning() { return with(Adapters.NONE); }

    /** The same with keys and values before those of every document. */
    public Pass with(KeyValuePrefix prefix) {
        int[] all = new int[documents()];
        Arrays.setAll(all, document -> document);
        return with(prefix, all);
    }

    /** The same with keys and values before those of some documents. */
    public Pass with(KeyValuePrefix prefix, int[] documents) {
        KeyValuePrefix[] changed = prefixes == null ? new KeyValuePrefix[documents()] : prefixes.clone();
        for (int document : documents) {
            changed[document] = prefix;
        }
        return new Pass(positions, starts, seen, rotations, dropout, adapters, changed, inserted);
    }

    /**
     * The same with rows of a tensor in place of what some tokens would be embedded as: soft prompts, images. What is
     * added to the embedding for a token's position is added to them, too. What was inserted before stays.
     *
     * @param places [K] tokens of the pass, whose ids then say nothing
     * @param rows [K, D], which get a gradient when they are trained
     */
    public Pass withInserted(int[] places, Tensor rows) {
        List<Inserted> all = new ArrayList<>(inserted);
        all.add(new Inserted(places.clone(), rows));
        return new Pass(positions, starts, seen, rotations, dropout, adapters, prefixes, all);
    }

    /** The same with the tokens of some documents standing so many positions later, as if something were before. */
    public Pass shifted(int by, int[] documents) {
        int[] moved = positions.clone();
        for (int document : documents) {
            for (int i = starts[document]; i < starts[document + 1]; i++) {
                moved[i] += by;
            }
        }
        return new Pass(moved, starts, seen, new Rotations(), dropout, adapters, prefixes, inserted);
    }

    /**
     * The same for a choice of its tokens, for a part that treats each token alone; nothing can be attended to in it.
     *
     * @param tokens ascending
     */
    public Pass ofTokens(int[] tokens) {
        if (!adapters.differ()) {
            return this; // nothing that such a part asks for depends on the token
        }
        int[] chosenStarts = Arrays.stream(starts)
                .map(start -> (int) Arrays.stream(tokens).filter(token -> token < start).count()).toArray();
        int[] chosen = Arrays.stream(tokens).map(token -> positions[token]).toArray();
        return new Pass(chosen, chosenStarts, null, new Rotations(), dropout, adapters, null, List.of());
    }

    // ---- what parts ask for ----

    /** [T] of each token in its own document. */
    public int[] positions() { return positions; }

    /** Number of documents, or rows of a cache. */
    public int documents() { return starts.length - 1; }

    /** First token of a document; that after the last one is the number of tokens. */
    public int start(int document) { return starts[document]; }

    public Dropout dropout() { return dropout; }

    public Adapters adapters() { return adapters; }

    /** Queries or keys, turned to where their tokens stand. x [T, H, D] -> [T, H, D]. */
    public Tensor rotate(Tensor x, Rope rope) {
        return rotations.made.computeIfAbsent(rope, r -> r.at(positions, rotations.owner)).apply(x);
    }

    /**
     * Softmax attention of each token over itself and what it may see.
     *
     * @param layer index of the block, for a cache
     * @param q [T, H, D]
     * @param k [T, G, D]
     * @param v [T, G, D]
     * @return [T, H * D]
     */
    public Tensor attend(int layer, Tensor q, Tensor k, Tensor v, AttentionShape shape) {
        return seen.attend(layer, q, k, v, shape, prefixes);
    }

    /** Whether keys or values before a layer's own are to get a gradient. */
    public boolean isTrainedAt(int layer) {
        return prefixes != null
                && Arrays.stream(prefixes).anyMatch(prefix -> prefix != null && prefix.isTrained(layer));
    }

    /** Embedded tokens, fresh, with the inserted vectors in their places. embedded [T, D] -> [T, D]. */
    public Tensor insertInto(Tensor embedded) {
        Tensor all = embedded;
        for (Inserted one : inserted) {
            all = all.copyRowsInPlace(Tensor.of(one.places, one.places.length), one.rows.to(embedded.type()));
        }
        return all;
    }
}
