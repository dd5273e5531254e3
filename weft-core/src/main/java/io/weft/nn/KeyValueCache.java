package io.weft.nn;

import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keys and values of the tokens that several rows have seen so far, for decoding. Owns native memory of the scope that
 * made it. Rows may differ in length: nothing is padded on the left, and a row's position is its own length. Use:
 * {@code model.hidden(ids, cache.next(counts))}; the pass's tokens are then part of the past.
 */
public final class KeyValueCache {
    private final int capacity;
    private int[] lengths;
    private final Tensor[] keys, values; // a layer: [B * capacity, G, D]

    /** @param rows B  @param capacity most tokens a row can hold */
    public KeyValueCache(int layers, int rows, int capacity, AttentionShape shape) {
        this.capacity = capacity;
        lengths = new int[rows];
        keys = new Tensor[layers];
        values = new Tensor[layers];
        for (int i = 0; i < layers; i++) {
            // Zeros, not memory as it comes: a row shorter than others is attended beyond its end with weight 0, and 0
            // times NaN is NaN.
            keys[i] = Tensor.zeros((long) rows * capacity, shape.keyValueHeads(), shape.headDim());
            values[i] = Tensor.zeros((long) rows * capacity, shape.keyValueHeads(), shape.headDim());
        }
    }

    public int rows() { return lengths.length; }

    /** Tokens that a row holds. */
    public int length(int row) { return lengths[row]; }

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
    public Context next(int[] counts) {
        int total = Arrays.stream(counts).sum();
        int[] positions = new int[total], slots = new int[total];
        for (int row = 0, at = 0; row < counts.length; row++) {
            if (lengths[row] + counts[row] > capacity) {
                throw new IllegalStateException("row " + row + " holds " + lengths[row] + " tokens of " + capacity
                        + "; " + counts[row] + " more do not fit");
            }
            for (int i = 0; i < counts[row]; i++, at++) {
                positions[at] = lengths[row] + i;
                slots[at] = row * capacity + lengths[row] + i;
            }
        }
        int[] past = lengths.clone();
        for (int row = 0; row < counts.length; row++) {
            lengths[row] += counts[row];
        }
        boolean oneEach = Arrays.stream(counts).allMatch(count -> count == 1);
        return oneEach ? new Step(positions, slots, past) : new Chunks(positions, slots, past, counts);
    }

    /** One new token a row: all rows in one attention call. */
    private final class Step extends Context {
        private final Tensor slots;
        private final int[] past;
        private final int rows, longest;
        private final Map<Integer, Optional<Tensor>> masks = new HashMap<>(); // by window

        Step(int[] positions, int[] slots, int[] past) {
            super(positions);
            this.slots = Tensor.of(slots, slots.length);
            this.past = past;
            rows = past.length;
            longest = Arrays.stream(past).max().orElse(0) + 1;
        }

        @Override Tensor attend(int layer, Tensor q, Tensor k, Tensor v, AttentionShape shape) {
            keys[layer].copyRowsInPlace(slots, k);
            values[layer].copyRowsInPlace(slots, v);
            Tensor mask = masks.computeIfAbsent(shape.window(), this::mask).orElse(null);
            return attention(q.unsqueeze(2), seen(keys[layer], shape), seen(values[layer], shape), mask, shape)
                    .view(rows, shape.query());
        }

        /** [B * capacity, G, D] -> the first tokens of each row [B, G, longest, D]. */
        private Tensor seen(Tensor cache, AttentionShape shape) {
            return cache.narrow(0, 0, (long) rows * capacity)
                    .view(rows, capacity, shape.keyValueHeads(), shape.headDim()).narrow(1, 0, longest).transpose(1, 2);
        }

        /** [B, 1, 1, longest], or nothing where every row sees every key. */
        private Optional<Tensor> mask(int window) {
            float[] scores = new float[rows * longest];
            boolean hidesAny = false;
            for (int row = 0, at = 0; row < rows; row++) {
                for (int j = 0; j < longest; j++, at++) {
                    boolean hidden = j > past[row] || (window > 0 && past[row] - j >= window);
                    scores[at] = hidden ? Float.NEGATIVE_INFINITY : 0;
                    hidesAny |= hidden;
                }
            }
            return hidesAny ? Optional.of(owner.keep(() -> Tensor.of(scores, rows, 1, 1, longest))) : Optional.empty();
        }
    }

    /** Several new tokens a row, as when a prompt is read: one attention call a row. */
    private final class Chunks extends Context {
        private final Tensor slots;
        private final int[] past, counts;

        Chunks(int[] positions, int[] slots, int[] past, int[] counts) {
            super(positions);
            this.slots = Tensor.of(slots, slots.length);
            this.past = past;
            this.counts = counts.clone();
        }

        @Override Tensor attend(int layer, Tensor q, Tensor k, Tensor v, AttentionShape shape) {
            keys[layer].copyRowsInPlace(slots, k);
            values[layer].copyRowsInPlace(slots, v);
            List<Tensor> parts = new ArrayList<>();
            for (int row = 0, start = 0; row < counts.length; start += counts[row++]) {
                if (counts[row] == 0) {
                    continue;
                }
                int seen = past[row] + counts[row];
                boolean plain = past[row] == 0 && (shape.window() == 0 || seen <= shape.window());
                Tensor mask = plain ? null : mask(past[row], counts[row], shape.window());
                parts.add(tokens(attention(heads(q, start, counts[row]),
                        heads(keys[layer], (long) row * capacity, seen),
                        heads(values[layer], (long) row * capacity, seen), mask, shape)));
            }
            return Tensor.concat(0, parts).view(q.size(0), shape.query());
        }
    }
}
