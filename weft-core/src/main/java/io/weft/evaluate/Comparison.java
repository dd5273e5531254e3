package io.weft.evaluate;

import io.weft.metric.AnswerLengths;
import io.weft.metric.CorpusTokens;
import io.weft.nn.Readout;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

import static io.weft.problem.Language.say;

/** Two models on the same rows with the same settings: base and tuned, before and after. */
public record Comparison(HeldOutRows rows, EvaluationSettings settings, CorpusTokens tokens, AnswerLengths lengths,
        Answers base, Answers tuned, Scores baseScores, Scores tunedScores) {
    /** The files of an evaluation folder. */
    public static final String SCORES = "scores.json", SAMPLES = "samples.jsonl", REPORT = "report.html";

    /** One line of the table. */
    public record Line(Measure measure, double base, double tuned) {
        public double difference() { return tuned - base; }

        /**
         * Whether both are equal as far as people are shown: sums of floats differ in their last bits wherever a row
         * was batched otherwise, and that is no verdict on a model.
         */
        public boolean isSame() {
            return base == tuned || Math.abs(difference()) < 0.5 * Math.pow(10, -measure.digits());
        }

        /** The difference in hundredths of the base's number; empty where that is 0 or not finite. */
        public OptionalDouble percent() {
            double percent = isSame() && base != 0 ? 0 : 100 * difference() / Math.abs(base);
            return Double.isFinite(percent) ? OptionalDouble.of(percent) : OptionalDouble.empty();
        }

        /** "better", "worse" or "same": which way tuning moved this number. What is not a number is worse. */
        public String verdict() {
            boolean better = Double.isNaN(difference()) ? Double.isNaN(base)
                    : difference() > 0 == measure.higherIsBetter();
            return isSame() || Double.isNaN(base) && Double.isNaN(tuned) ? "same" : better ? "better" : "worse";
        }
    }

    /** @param base answers before tuning  @param tuned answers after it, both to the questions of {@code rows} */
    public static Comparison of(HeldOutRows rows, EvaluationSettings settings, Answers base, Answers tuned) {
        CorpusTokens cut = CorpusTokens.of(rows.expected());
        AnswerLengths lengths = AnswerLengths.of(rows.expected(), cut);
        return new Comparison(rows, settings, cut, lengths, base, tuned, Scores.of(rows, base, cut, lengths),
                Scores.of(rows, tuned, cut, lengths));
    }

    /** The measures that apply. */
    public List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        for (Measure measure : Measure.values()) {
            line(measure).ifPresent(lines::add);
        }
        return lines;
    }

    /** The line of a measure; empty where it does not apply. */
    public Optional<Line> line(Measure measure) {
        OptionalDouble before = measure.of(baseScores), after = measure.of(tunedScores);
        return before.isPresent() && after.isPresent()
                ? Optional.of(new Line(measure, before.getAsDouble(), after.getAsDouble())) : Optional.empty();
    }

    /** Which answers are labels. */
    public Labels labels() { return Labels.of(rows); }

    /** What does not apply and why, a sentence each. */
    public List<String> notApplicable() { return reasons().values().stream().distinct().toList(); }

    /** Why each measure without a line has none. */
    Map<Measure, String> reasons() {
        Map<Measure, String> reasons = new EnumMap<>(Measure.class);
        for (Measure measure : Measure.values()) {
            if (line(measure).isEmpty() && (measure != Measure.REWARD || rows.objective().makesAnswers())) {
                reasons.put(measure, reason(measure));
            }
        }
        return reasons;
    }

    private String reason(Measure measure) {
        if (measure == Measure.LOSS || measure == Measure.PERPLEXITY || measure == Measure.REWARD) {
            return rows.objective().makesAnswers() && !rows.examples().isEmpty()
                    ? say("loss and perplexity: not applicable, %s goes by the mean reward of the model's answers",
                    rows.objective().name())
                    : rows.examples().isEmpty()
                    ? say("loss and perplexity: not applicable, data.overLength drops all of these rows")
                    : say("perplexity: not applicable, the held-out loss is that of %s, not of each token",
                    rows.objective().name());
        }
        if (rows.objective().readout().isOfRows() && !measure.isOfLabels()) {
            return say("ROUGE, BLEU, exact match: not applicable, the model reads rows and writes no text");
        }
        if (rows.objective().readout() == Readout.SCORE) {
            return say("accuracy, precision, recall, F1: not applicable, the model gives scores and no labels");
        }
        if (rows.questions().isEmpty() && rows.objective().makesAnswers()) {
            return say("ROUGE, BLEU, exact match: not applicable, the rows have no answers to compare with");
        }
        if (rows.questions().isEmpty()) {
            return say("ROUGE, BLEU, exact match: not applicable, the rows are plain text and ask nothing");
        }
        if (measure.isOfLabels()) {
            return labels().reason(rows.expected().stream().map(String::strip).distinct().count());
        }
        if (lengths.empty() == lengths.answers()) {
            return say("ROUGE, BLEU, exact match: not applicable, all %,d expected answers are empty",
                    lengths.answers());
        }
        if (measure == Measure.BLEU) {
            return say("BLEU-4: not applicable, none of the %,d expected answers has four tokens: a perfect model "
                    + "would score 0", lengths.answers());
        }
        return lengths.words() == 0
                ? say("ROUGE: not applicable, none of the %,d expected answers has a word: a perfect model would "
                + "score 0", lengths.answers())
                : say("ROUGE-2: not applicable, none of the %,d expected answers has two words: a perfect model would "
                + "score 0", lengths.answers());
    }

    /** What a reader of the table should know of its numbers, a sentence each. */
    public List<String> notices() {
        List<String> notices = new ArrayList<>();
        int all = lengths.answers();
        if (lengths.empty() > 0 && lengths.empty() < all) {
            notices.add(say("%,d of %,d expected answers are empty", lengths.empty(), all));
        }
        if (lengths.words() > 0 && lengths.words() < all) {
            notices.add(say("ROUGE: %,d of %,d expected answers have no word and count as 0, whatever is answered",
                    all - lengths.words(), all));
        }
        if (lengths.pairs() > 0 && lengths.pairs() < lengths.words()) {
            notices.add(say("ROUGE-2: %,d of %,d expected answers have one word and count as 0, whatever is answered",
                    lengths.words() - lengths.pairs(), all));
        }
        if (lengths.fourGrams() > 0 && 2 * lengths.fourGrams() < all) {
            notices.add(say("BLEU-4: only %,d of %,d expected answers have four tokens; the score hangs on them",
                    lengths.fourGrams(), all));
        }
        if (line(Measure.LOSS).map(line -> line.verdict().equals("worse")).orElse(false)) {
            notices.add(say("the held-out loss rose: tuning made the model worse on these rows; lower "
                    + "train.learningRate, or train less"));
        }
        if (line(Measure.REWARD).map(line -> line.verdict().equals("worse")).orElse(false)) {
            notices.add(say("the mean reward fell: tuning made the model worse on these rows; lower "
                    + "train.learningRate, or train less"));
        }
        if (all > 0 && tuned.texts().equals(base.texts())) {
            notices.add(say("the tuned model answers every row as the base does: tuning changed no answer"));
        }
        if (rows.objective().readout().isOfRows()) {
            notices.add(say("base: the model with the head that tuning began with, which is random numbers where the "
                    + "model brings none"));
        }
        if (tuned.empty() > 0) {
            notices.add(say("%,d of %,d tuned answers are empty", tuned.empty(), all));
        }
        if (all > 0 && tuned.unended() == all) {
            notices.add(say("every tuned answer was cut at %d tokens: the model does not end its answers, or they need "
                    + "more", settings.sampling().maxNewTokens()));
        }
        return notices;
    }
}
