package io.weft.evaluate;

import io.weft.metric.CorpusTokens;
import io.weft.metric.LabelSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

import static io.weft.problem.Language.say;

/** Two models on the same rows with the same settings: base and tuned, before and after. */
public record Comparison(HeldOutRows rows, EvaluationSettings settings, CorpusTokens tokens, Answers base,
        Answers tuned, Scores baseScores, Scores tunedScores) {
    /** The files of an evaluation folder. */
    public static final String SCORES = "scores.json", SAMPLES = "samples.jsonl", REPORT = "report.html";

    /** One line of the table. */
    public record Line(Measure measure, double base, double tuned) {
        public double difference() { return tuned - base; }

        /** The difference in hundredths of the base's number; empty where that is 0 or not finite. */
        public OptionalDouble percent() {
            double percent = 100 * difference() / Math.abs(base);
            return Double.isFinite(percent) ? OptionalDouble.of(percent) : OptionalDouble.empty();
        }

        /** "better", "worse" or "same": which way tuning moved this number. */
        public String verdict() {
            return difference() == 0 || Double.isNaN(difference()) ? "same"
                    : difference() > 0 == measure.higherIsBetter() ? "better" : "worse";
        }
    }

    /** @param base answers before tuning  @param tuned answers after it, both to the questions of {@code rows} */
    public static Comparison of(HeldOutRows rows, EvaluationSettings settings, Answers base, Answers tuned) {
        CorpusTokens cut = CorpusTokens.of(rows.expected());
        return new Comparison(rows, settings, cut, base, tuned, Scores.of(rows, base, cut),
                Scores.of(rows, tuned, cut));
    }

    /** The measures that apply. */
    public List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        for (Measure measure : Measure.values()) {
            OptionalDouble before = measure.of(baseScores), after = measure.of(tunedScores);
            if (before.isPresent() && after.isPresent()) {
                lines.add(new Line(measure, before.getAsDouble(), after.getAsDouble()));
            }
        }
        return lines;
    }

    /** The line of a measure; empty where it does not apply. */
    public Optional<Line> line(Measure measure) {
        return lines().stream().filter(line -> line.measure() == measure).findFirst();
    }

    /** What does not apply and why, a sentence each. */
    public List<String> notApplicable() {
        List<String> reasons = new ArrayList<>();
        if (rows.examples().isEmpty()) {
            reasons.add(say("loss and perplexity: not applicable, data.overLength drops all of these rows"));
        } else if (!rows.objective().isLikelihood()) {
            reasons.add(say("perplexity: not applicable, the held-out loss is that of %s, not of each token",
                    rows.objective().name()));
        }
        if (rows.questions().isEmpty()) {
            reasons.add(say("ROUGE, BLEU, exact match: not applicable, the rows are plain text and ask nothing"));
        } else if (tunedScores.classification().isEmpty()) {
            reasons.add(say("accuracy, precision, recall, F1: not applicable, the held-out answers are free text (%d "
                    + "different ones; labels are at most %d, of at most %d characters)",
                    rows.expected().stream().map(String::strip).distinct().count(), LabelSet.MOST, LabelSet.LONGEST));
        }
        return reasons;
    }
}
