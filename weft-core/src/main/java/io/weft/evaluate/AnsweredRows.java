package io.weft.evaluate;

import io.weft.metric.AnswerLengths;
import io.weft.metric.Bleu;
import io.weft.metric.Chrf;
import io.weft.metric.Classification;
import io.weft.metric.CorpusTokens;
import io.weft.metric.LabelSet;
import io.weft.metric.Rouge;
import io.weft.metric.bootstrap.RowStatistics;
import io.weft.metric.form.JsonForm;
import io.weft.metric.form.Variety;
import io.weft.objective.LossSum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

/**
 * The rows and one model's answers to them, as measures see them: each makes numbers of them that add up over rows, or
 * nothing where it does not apply. Texts are read once.
 */
final class AnsweredRows {
    private final HeldOutRows rows;
    private final Answers answers;
    private final CorpusTokens cut;
    private final AnswerLengths lengths;
    private final List<String> given, expected;
    private final Optional<LabelSet> labels;
    private List<Rouge> rouge = List.of();

    AnsweredRows(HeldOutRows rows, Answers answers, CorpusTokens cut, AnswerLengths lengths) {
        this.rows = rows;
        this.answers = answers;
        this.cut = cut;
        this.lengths = lengths;
        given = answers.texts();
        expected = rows.expected();
        labels = Labels.of(rows).toTell();
    }

    AnswerLengths lengths() { return lengths; }

    List<String> given() { return given; }

    List<String> expected() { return expected; }

    /** Whether the model writes texts that can be compared with expected ones. */
    boolean writes() { return !rows.objective().readout().isOfRows() && lengths.answers() > lengths.empty(); }

    /** Loss of one of what the objective counts. */
    Optional<RowStatistics> loss() {
        return rows.objective().makesAnswers() || answers.loss().count() == 0 ? Optional.empty()
                : Optional.of(losses(LossSum::total, LossSum::count));
    }

    /** e to it: how many tokens the model hesitates between, on average. */
    Optional<RowStatistics> perplexity() {
        return loss().filter(any -> rows.objective().isLikelihood())
                .map(loss -> loss.scored(sums -> Math.exp(sums[0] / sums[1])));
    }

    /** Loss of one byte of the expected text, in bits: it does not depend on how a tokenizer cuts. */
    Optional<RowStatistics> bitsPerByte() {
        List<HeldOutRows.Origin> origins = rows.origins();
        if (!rows.objective().isLikelihood() || answers.each().size() != origins.size()
                || origins.stream().allMatch(origin -> origin.bytes() == 0)) {
            return Optional.empty();
        }
        return Optional.of(RowStatistics.ratio(answers.each().stream().mapToDouble(LossSum::total)
                .map(nats -> nats / Math.log(2)).toArray(), origins.stream().mapToDouble(HeldOutRows.Origin::bytes)
                .toArray()));
    }

    /** What a reward function makes of the model's own answers: the loss of a row is what it lacks. */
    Optional<RowStatistics> reward() {
        return !rows.objective().makesAnswers() || answers.loss().count() == 0 ? Optional.empty()
                : Optional.of(losses(loss -> -loss.total(), LossSum::count));
    }

    private RowStatistics losses(ToDoubleFunction<LossSum> above, ToDoubleFunction<LossSum> below) {
        List<LossSum> each = answers.each().isEmpty() ? List.of(answers.loss()) : answers.each();
        return RowStatistics.ratio(each.stream().mapToDouble(above).toArray(),
                each.stream().mapToDouble(below).toArray());
    }

    /** The mean of a part of each row's scores. @param words that an expected answer needs for it, 1 or 2 */
    Optional<RowStatistics> rouge(int words, ToDoubleFunction<Rouge> part) {
        if (!writes() || (words == 1 ? lengths.words() : lengths.pairs()) == 0) {
            return Optional.empty();
        }
        if (rouge.isEmpty()) {
            List<Rouge> scores = new ArrayList<>();
            for (int i = 0; i < given.size(); i++) {
                scores.add(Rouge.of(given.get(i), expected.get(i), cut.rouge()));
            }
            rouge = scores;
        }
        return Optional.of(RowStatistics.mean(rouge.stream().mapToDouble(part).map(score -> 100 * score).toArray()));
    }

    Optional<RowStatistics> bleu() {
        return !writes() || lengths.fourGrams() == 0 ? Optional.empty()
                : Optional.of(Bleu.rows(given, expected, cut.bleu()));
    }

    Optional<RowStatistics> chrf() { return writes() ? Optional.of(Chrf.rows(given, expected)) : Optional.empty(); }

    /** The share of rows, in percent, of which something holds: given the answer, then the expected one. */
    Optional<RowStatistics> share(BiPredicate<String, String> holds) {
        if (!writes()) {
            return Optional.empty();
        }
        double[] each = new double[given.size()];
        Arrays.setAll(each, i -> holds.test(given.get(i), expected.get(i)) ? 100 : 0);
        return Optional.of(RowStatistics.mean(each));
    }

    /** {@link #share} where every expected answer is JSON. */
    Optional<RowStatistics> json(BiPredicate<String, String> holds) {
        return writes() && JsonForm.isAskedBy(expected) ? share(holds) : Optional.empty();
    }

    /** Characters of the answers, in percent of those expected. */
    Optional<RowStatistics> lengths(ToDoubleFunction<String> length) {
        return !writes() ? Optional.empty() : Optional.of(RowStatistics.ratio(given.stream().mapToDouble(length)
                .map(characters -> 100 * characters).toArray(), expected.stream().mapToDouble(length).toArray()));
    }

    /** A number of all answers together, which no resample can have: rows drawn twice would repeat themselves. */
    Optional<RowStatistics> distinct(int n) {
        double share = writes() ? Variety.distinct(given.stream().map(cut.rouge()::tokens).toList(), n) : Double.NaN;
        return Double.isNaN(share) ? Optional.empty() : Optional.of(RowStatistics.mean(new double[] {share}));
    }

    /** A mean over rows as another tool counts it. @param score of an answer and the expected one, 0 to 100 */
    Optional<RowStatistics> others(ToDoubleBiFunction<String, String> score) {
        double[] each = new double[given.size()];
        Arrays.setAll(each, i -> score.applyAsDouble(given.get(i), expected.get(i)));
        return writes() ? Optional.of(RowStatistics.mean(each)) : Optional.empty();
    }

    Optional<RowStatistics> labels(ToDoubleFunction<Classification> part) {
        return labels.map(set -> set.rows(given, expected, scores -> 100 * part.applyAsDouble(scores)));
    }
}
