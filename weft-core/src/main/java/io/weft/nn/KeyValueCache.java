package io.weft.nn;

import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Keys and values of the tokens that several rows have seen so far, for decoding. Owns native memory of the scope that
 * made it. Rows may differ in length: nothing is padded on the left, and a row's position is its own length. Use:
 * {@code model.hidden(ids, cache.next(counts))}; the pass's tokens are then part of the past.
 */
public final class KeyValueCache {
    private final int capacity;
    private int[] lengths;
    private final Tensor[] keys, values; // a layer: [B * capacity, G, D]

    /**
     * What is kept of each token, once for its key and once for its value.
     *
     * @param heads of keys and values  @param dim width of one head
     */
    public record Shape(int heads, int dim) {
        /** Numbers a token. */
        public long elements() { return 2L * heads * dim; }
    }

    /** @param layers one shape a block  @param type of keys and values  @param capacity most tokens a row can hold */
    public KeyValueCache(List<Shape> layers, DType type, int rows, int capacity) {
        this.capacity = capacity;
        lengths = new int[rows];
        // Zeros, not memory as it comes: a row shorter than others is attended beyond its end with weight 0, and 0
        // times NaN is NaN.
        keys = layers.stream().map(shape -> Tensor.zeros(type, (long) rows * capacity, shape.heads, shape.dim))
                .toArray(Tensor[]::new);
        values = layers.stream().map(shape -> Tensor.zeros(type, (long) rows * capacity, shape.heads, shape.dim))
                .toArray(Tensor[]::new);
    }

    public int rows() { return lengths.length; }

    /** Tokens that a row holds. */
    public int length(int row) { return lengths[row]; }

    /** What a row has seen so far, for other documents to see before their own tokens. */
    public KeyValuePrefix prefix(int row) {
        return new KeyValuePrefix(seen(keys, row), seen(values, row));
    }

    private List<Tensor> seen(Tensor[] layers, int row) {
        return Arrays.stream(layers).map(layer -> layer.narrow(0, (long) row * capacity, lengths[row])).toList();
    }

    /** Keeps only these rows, in this order: others that have ended cost nothing any more. */
    public void keepRows(int[] kept) {
        int longest = Arrays.stream(kept).map(row -> lengths[row]).max().orElse(0);
        Scope.run(() -> {
            // The kept rows are ascending, so a row only ever moves down onto rows that are gone or have moved before
            // it.
            for (int to = 0; to < kept.length; to++) {
                if (kept[to] == to || longest == 0) {
                    continue;
                }
                for (Tensor[] all : List.of(keys, values)) {
                    for (Tensor layer : all) {
                        layer.narrow(0, (long) to * capacity, lengths[kept[to]])
                                .copyFrom(layer.narrow(0, (long) kept[to] * capacity, lengths[kept[to]]));
                    }
                }
            }
        });
        lengths = Arrays.stream(kept).map(row -> lengths[row]).toArray();
    }

    /**
     * The next tokens of every row, end to end in the order of the rows.
     * @param counts [B] new tokens of each row  @throws IllegalStateException when a row would outgrow the capacity
     */
    public Pass next(int[] counts) {
        int total = Arrays.stream(counts).sum();
        int[] positions = new int[total], slots = new int[total], starts = new int[counts.length + 1];
        for (int row = 0, at = 0; row < counts.length; row++) {
            if (lengths[row] + counts[row] > capacity) {
                throw new IllegalStateException("row " + row + " holds " + lengths[row] + " tokens of " + capacity
                        + "; " + counts[row] + " more do not fit");
            }
            for (int i = 0; i < counts[row]; i++, at++) {
                positions[at] = lengths[row] + i;
                slots[at] = row * capacity + lengths[row] + i;
            }
            starts[row + 1] = at;
        }
        int[] past = lengths.clone();
        for (int row = 0; row < counts.length; row++) {
            lengths[row] += counts[row];
        }
        boolean oneEach = Arrays.stream(counts).allMatch(count -> count == 1);
        return new Pass(positions, starts, oneEach ? new Step(slots, past) : new Chunks(slots, past, counts));
    }

    /** One new token a row: all rows in one attention call. */
    private final class Step implements Attendable {
        private final Scope.Owner owner = Scope.owner();
        private final Tensor slots;
        private final int[] past;
        private final int rows, longest;
        private final Map<Integer, Optional<Tensor>> masks = new HashMap<>(); // by window

        Step(int[] slots, int[] past) {
            this.slots = Tensor.of(slots, slots.length);
            this.past = past;
            rows = past.length;
            longest = Arrays.stream(past).max().orElse(0) + 1;
        }

        @Override
        public Tensor attend(int layer, Tensor q, Tensor k, Tensor v, AttentionShape shape, KeyValuePrefix[] prefixes) {
            keys[layer].copyRowsInPlace(slots, k);
            values[layer].copyRowsInPlace(slots, v);
            Tensor seenKeys = seen(keys[layer], shape), seenValues = seen(values[layer], shape);
            int before = longest(prefixes);
            if (before > 0) {
                seenKeys = Tensor.concat(2, List.of(prefixed(prefixes, layer, before, KeyValuePrefix::keys, shape),
                        seenKeys));
                seenValues = Tensor.concat(2, List.of(prefixed(prefixes, layer, before, KeyValuePrefix::values, shape),
                        seenValues));
            }
            Tensor mask = masks.computeIfAbsent(shape.window(), window -> mask(window, before, prefixes)).orElse(null);
            return Scores.attention(q.unsqueeze(2), seenKeys, seenValues, mask, shape).view(rows, shape.query());
        }

        /** [B * capacity, G, D] -> the first tokens of each row [B, G, longest, D]. */
        private Tensor seen(Tensor cache, AttentionShape shape) {
            return cache.narrow(0, 0, (long) rows * capacity)
                    .view(rows, capacity, shape.keyValueHeads(), shape.headDim()).narrow(1, 0, longest).transpose(1, 2);
        }

        /** The prefix of each row, zeros where it is shorter [B, G, before, D]. */
        private Tensor prefixed(KeyValuePrefix[] prefixes, int layer, int before,
                Function<KeyValuePrefix, List<Tensor>> part, AttentionShape shape) {
            List<Tensor> each = new ArrayList<>();
            for (KeyValuePrefix prefix : prefixes) {
                int missing = before - length(prefix);
                Tensor zeros = Tensor.zeros(keys[layer].type(), missing, shape.keyValueHeads(), shape.headDim());
                Tensor own = prefix == null ? zeros : part.apply(prefix).get(layer).to(keys[layer].type());
                Tensor whole = prefix == null || missing == 0 ? own : Tensor.concat(0, List.of(own, zeros));
                each.add(Scores.heads(whole));
            }
            return Tensor.concat(0, each);
        }

        /** [B, 1, 1, before + longest], or nothing where every row sees every key. */
        private Optional<Tensor> mask(int window, int before, KeyValuePrefix[] prefixes) {
            float[] scores = new float[rows * (before + longest)];
            boolean hidesAny = false;
            for (int row = 0, at = 0; row < rows; row++) {
                for (int j = -before; j < longest; j++, at++) {
                    // a prefix lies at the start of its room, and the next token stands behind its last key
                    int own = before == 0 ? 0 : length(prefixes[row]), distance = j < 0 ? past[row] + own - j - before
                            : past[row] - j;
                    boolean hidden = (j < 0 ? j + before >= own : distance < 0) || (window > 0 && distance >= window);
                    scores[at] = hidden ? Float.NEGATIVE_INFINITY : 0;
                    hidesAny |= hidden;
                }
            }
            return hidesAny ? Optional.of(owner.keep(() -> Tensor.of(scores, rows, 1, 1, before + longest)))
                    : Optional.empty();
        }
    }

    private static int length(KeyValuePrefix prefix) { return prefix == null ? 0 : prefix.length(); }

    private static int longest(KeyValuePrefix[] prefixes) {
        return prefixes == null ? 0 : Arrays.stream(prefixes).mapToInt(KeyValueCache::length).max().orElse(0);
    }

    /** Several new tokens a row, as when a prompt is read: one attention call a row. */
    private final class Chunks implements Attendable {
        private final Tensor slots;
        private final int[] past, counts;

        Chunks(int[] slots, int[] past, int[] counts) {
            this.slots = Tensor.of(slots, slots.length);
            this.past = past;
            this.counts = counts.clone();
        }

        @Override
        public Tensor attend(int layer, Tensor q, Tensor k, Tensor v, AttentionShape shape, KeyValuePrefix[] prefixes) {
            keys[layer].copyRowsInPlace(slots, k);
            values[layer].copyRowsInPlace(slots, v);
            List<Tensor> parts = new ArrayList<>();
            for (int row = 0, start = 0; row < counts.length; start += counts[row++]) {
                if (counts[row] == 0) {
                    continue;
                }
                int seen = past[row] + counts[row];
                KeyValuePrefix prefix = prefixes == null ? null : prefixes[row];
                boolean plain = prefix == null && past[row] == 0 && (shape.window() == 0 || seen <= shape.window());
                Tensor mask = plain ? null : Scores.mask(KeyValueCache.length(prefix), past[row], counts[row],
                        shape.window());
                Tensor rowKeys = keys[layer].narrow(0, (long) row * capacity, seen),
                        rowValues = values[layer].narrow(0, (long) row * capacity, seen);
                if (prefix != null) {
                    rowKeys = Tensor.concat(0, List.of(prefix.keys().get(layer).to(rowKeys.type()), rowKeys));
                    rowValues = Tensor.concat(0, List.of(prefix.values().get(layer).to(rowValues.type()), rowValues));
                }
                parts.add(Scores.tokens(Scores.attention(Scores.heads(q, start, counts[row]), Scores.heads(rowKeys),
                        Scores.heads(rowValues), mask, shape)));
            }
            return Tensor.concat(0, parts).view(q.size(0), shape.query());
        }
    }
}
