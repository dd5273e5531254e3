package io.weft.evaluate;

import io.weft.metric.AnswerLengths;
import io.weft.metric.CorpusTokens;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one stage made of the model, measured on the rows that are the same for all stages.
 *
 * @param number of the stage, 0 for the model before the first
 * @param scores by {@link Measure#key}; those that apply
 * @param own    what the stage itself was trained by, on its own held-out rows; nothing for the base and for a merge
 */
public record StageScore(int number, String name, Map<String, Double> scores, Optional<Own> own) {
    /** The best evaluation of a stage's training. @param metrics what its objective measured, by name */
    public record Own(String objective, double loss, Map<String, Double> metrics) {
        public Own { metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics)); }
    }

    public StageScore { scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores)); }

    /** Of what a model made of the rows. */
    public static StageScore of(int number, String name, HeldOutRows rows, Answers answers, Optional<Own> own) {
        CorpusTokens cut = CorpusTokens.of(rows.expected());
        Scores scores = Scores.of(rows, answers, cut, AnswerLengths.of(rows.expected(), cut));
        Map<String, Double> values = new LinkedHashMap<>();
        for (Measure measure : Measure.values()) {
            measure.of(scores).ifPresent(value -> values.put(measure.key(), value));
        }
        return new StageScore(number, name, values, own);
    }

    Optional<Double> score(Measure measure) { return Optional.ofNullable(scores.get(measure.key())); }
}
