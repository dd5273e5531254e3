package io.weft.nn;

import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Whole documents laid end to end: each attends causally to itself and to no other. One attention call a document, so
 * nothing is computed between documents.
 */
final class Documents implements Attendable {
    private final int[] starts;
    private final Scope.Owner owner = Scope.owner();
    // by length, window and prefix: layers and documents may differ
    private final Map<List<Integer>, Tensor> masks = new HashMap<>();

    /** @param starts [N + 1], document n is [starts[n], starts[n + 1]) */
    Documents(int[] starts) { this.starts = starts; }

    @Override
    public Tensor attend(int layer, Tensor q, Tensor k, Tensor v, AttentionShape shape, KeyValuePrefix[] prefixes) {
        long[] lengths = IntStream.range(1, starts.length).mapToLong(n -> starts[n] - starts[n - 1]).toArray();
        List<Tensor> queries = q.parts(0, lengths), ownKeys = k.parts(0, lengths), ownValues = v.parts(0, lengths);
        List<Tensor> parts = new ArrayList<>();
        for (int n = 0; n + 1 < starts.length; n++) {
            int length = starts[n + 1] - starts[n];
            KeyValuePrefix prefix = prefixes == null ? null : prefixes[n];
            int before = prefix == null ? 0 : prefix.length();
            boolean windowed = shape.window() > 0 && before + length > shape.window();
            int window = windowed ? shape.window() : 0;
            boolean masked = windowed || shape.softCap() != null || before > 0;
            Tensor mask = masked ? masks.computeIfAbsent(List.of(length, window, before),
                    key -> owner.keep(() -> Scores.mask(before, 0, length, window))) : null;
            Tensor keys = ownKeys.get(n), values = ownValues.get(n);
            if (prefix != null) {
                keys = Tensor.concat(0, List.of(prefix.keys().get(layer).to(keys.type()), keys));
                values = Tensor.concat(0, List.of(prefix.values().get(layer).to(values.type()), values));
            }
            parts.add(Scores.tokens(Scores.attention(Scores.heads(queries.get(n)), Scores.heads(keys),
                    Scores.heads(values), mask, shape)));
        }
        return Tensor.concat(0, parts).view(q.size(0), shape.query());
    }
}
