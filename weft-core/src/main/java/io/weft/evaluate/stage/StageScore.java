package io.weft.evaluate.stage;

import io.weft.evaluate.Answers;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.HeldOutRows;
import io.weft.evaluate.Measure;
import io.weft.evaluate.Scores;
import io.weft.metric.bootstrap.Bootstrap;
import io.weft.metric.bootstrap.PairedDifference;
import io.weft.metric.bootstrap.RowStatistics;
import io.weft.objective.LossSum;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one stage made of the model, measured on the rows that are the same for all stages.
 *
 * @param number of the stage, 0 for the model before the first
 * @param scores by {@link Measure#key}; those that apply
 * @param own    what the stage itself was trained by, on its own held-out rows; nothing for the base and for a merge
 * @param losses of each row; none where a file of Weft 0.1 does not hold them
 */
public record StageScore(int number, String name, Map<String, Double> scores, Optional<Own> own,
        List<LossSum> losses) {
    private static final long SEED = 42;

    /** The best evaluation of a stage's training. @param metrics what its objective measured, by name */
    public record Own(String objective, double loss, Map<String, Double> metrics) {
        public Own { metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics)); }
    }

    public StageScore {
        scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores));
        losses = losses.stream().allMatch(LossSum::isFinite) ? List.copyOf(losses) : List.of();
    }

    /** Of what a model made of the rows. */
    public static StageScore of(int number, String name, HeldOutRows rows, Answers answers, Optional<Own> own) {
        Scores scores = Scores.of(rows, answers);
        Map<String, Double> values = new LinkedHashMap<>();
        for (Measure measure : Measure.usual()) {
            scores.value(measure).ifPresent(value -> values.put(measure.key(), value));
        }
        return new StageScore(number, name, values, own, answers.each().stream()
                .map(loss -> new LossSum(loss.total(), loss.count())).toList());
    }

    Optional<Double> score(Measure measure) { return Optional.ofNullable(scores.get(measure.key())); }

    /** The held-out loss beside that of the stage before; empty where one of the two has none. */
    Optional<Comparison.Line> loss(StageScore before) {
        if (score(Measure.LOSS).isEmpty() || before.score(Measure.LOSS).isEmpty()) {
            return Optional.empty();
        }
        Optional<PairedDifference> chance = losses.size() != before.losses.size() ? Optional.empty()
                : Bootstrap.of(List.of(numbers(before.losses), numbers(losses)), SEED).difference(0, 1);
        return Optional.of(new Comparison.Line(Measure.LOSS, before.score(Measure.LOSS).get(),
                score(Measure.LOSS).get(), chance));
    }

    private static RowStatistics numbers(List<LossSum> losses) {
        return RowStatistics.ratio(losses.stream().mapToDouble(LossSum::total).toArray(),
                losses.stream().mapToDouble(LossSum::count).toArray());
    }
}
