package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whole documents laid end to end: each attends causally to itself and to no other. One attention call a document, so
 * nothing is computed between documents.
 */
public final class Documents extends Context {
    private final int[] starts;
    private final Map<List<Integer>, Tensor> masks = new HashMap<>(); // by length and window: layers may differ

    /** @param positions [T]  @param starts [N + 1], document n is [starts[n], starts[n + 1]) */
    public Documents(int[] positions, int[] starts) {
        super(positions);
        this.starts = starts;
    }

    /** One document, positions from 0. */
    public static Documents single(int length) {
        int[] positions = new int[length];
        java.util.Arrays.setAll(positions, i -> i);
        return new Documents(positions, new int[] {0, length});
    }

    @Override Tensor attend(int layer, Tensor q, Tensor k, Tensor v, AttentionShape shape) {
        List<Tensor> parts = new ArrayList<>();
        for (int n = 0; n + 1 < starts.length; n++) {
            int start = starts[n], length = starts[n + 1] - start;
            boolean windowed = shape.window() > 0 && length > shape.window();
            int window = windowed ? shape.window() : 0;
            boolean masked = windowed || shape.softCap() != null;
            Tensor mask = masked ? masks.computeIfAbsent(List.of(length, window),
                    key -> owner.keep(() -> mask(0, length, window))) : null;
            parts.add(tokens(attention(heads(q, start, length), heads(k, start, length), heads(v, start, length), mask,
                    shape)));
        }
        return Tensor.concat(0, parts).view(q.size(0), shape.query());
    }
}
