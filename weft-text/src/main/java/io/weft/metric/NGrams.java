package io.weft.metric;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often each run of n tokens occurs in a text. */
record NGrams(Map<List<String>, Integer> counts, int total) {
    static NGrams of(List<String> tokens, int n) {
        Map<List<String>, Integer> counts = new HashMap<>();
        int total = Math.max(0, tokens.size() - n + 1);
        for (int i = 0; i < total; i++) {
            counts.merge(tokens.subList(i, i + n), 1, Integer::sum);
        }
        return new NGrams(counts, total);
    }

    /** How many of these n-grams the other text has too, each counted as often as the rarer side has it. */
    int shared(NGrams other) {
        int shared = 0;
        for (var entry : counts.entrySet()) {
            shared += Math.min(entry.getValue(), other.counts.getOrDefault(entry.getKey(), 0));
        }
        return shared;
    }

    /** Each n-gram as often as the text of the two that has it most often: what several references allow together. */
    NGrams union(NGrams other) {
        Map<List<String>, Integer> most = new HashMap<>(counts);
        other.counts.forEach((gram, count) -> most.merge(gram, count, Math::max));
        return new NGrams(most, most.values().stream().mapToInt(Integer::intValue).sum());
    }
}
