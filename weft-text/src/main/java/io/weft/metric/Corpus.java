package io.weft.metric;

import java.util.List;

/** Predictions beside their references. */
final class Corpus {
    private Corpus() {}

    static void requirePairs(List<?> predictions, List<?> references) {
        if (predictions.size() != references.size()) {
            throw new IllegalArgumentException(predictions.size() + " predictions but " + references.size()
                    + " references");
        }
    }
}
