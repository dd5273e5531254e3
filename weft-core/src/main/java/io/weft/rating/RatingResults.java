package io.weft.rating;

import io.weft.metric.agreement.KrippendorffAlpha;
import io.weft.metric.agreement.WinRate;
import io.weft.metric.bootstrap.Interval;
import io.weft.metric.bootstrap.PairedDifference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What the judgements come to. People and models are told apart everywhere; an interval is the 95 % one of a
 * bootstrap that draws held-out rows.
 *
 * @param scores    a line for each kind of rater and each model that has any
 * @param pairs     a line for each kind of rater and each two models that have any vote or two scores to compare
 * @param agreement of people, where there are two or more; and of people and each judge
 * @param raters    in the order of their first judgement
 * @param elsewhere judgements of answers that are not among these rows: of an evaluation that was made anew since, or
 *     of other runs
 */
public record RatingResults(List<String> models, int rows, List<ModelScore> scores, List<Pair> pairs,
        List<Agreement> agreement, List<RaterSummary> raters, int elsewhere) {
    /** Mean score from 1 to 5. @param mean over answers, of each the mean of its raters  @param judgements behind it */
    public record ModelScore(Rater.Kind kind, String model, double mean, Optional<Interval> interval, int answers,
            int judgements) {}

    /**
     * Two models on the same rows.
     *
     * @param votes    for the other: its wins, the ties, its losses; "both bad" is among the ties
     * @param bothBad  of the ties
     * @param decided  rows whose votes speak more for one than for the other
     * @param interval of the other's win rate
     * @param difference of the other's mean score to the one's, on the rows where both have some
     */
    public record Pair(Rater.Kind kind, String one, String other, WinRate votes, int bothBad, int decided,
            Optional<Interval> interval, Optional<Difference> difference) {
        /** "better" or "worse" for the other where the votes show it; else "notShown". */
        public String verdict() {
            return interval.filter(rate -> decided >= PairedDifference.LEAST && !rate.contains(0.5))
                    .map(rate -> rate.low() > 0.5 ? "better" : "worse").orElse("notShown");
        }
    }

    /** A difference of two mean scores. @param rows behind it  @param chance empty where these are too few */
    public record Difference(double value, int rows, Optional<PairedDifference> chance) {
        /** "better" or "worse" where the rows show it; else "notShown". */
        public String verdict() {
            return chance.filter(PairedDifference::isShown).map(shown -> shown.difference() > 0 ? "better" : "worse")
                    .orElse("notShown");
        }

        public Optional<Interval> interval() { return chance.map(PairedDifference::interval); }
    }

    /** How far raters agree. @param ofScores of scores (ordinal), or else of preferences (nominal) */
    public record Agreement(List<Rater> raters, boolean ofScores, KrippendorffAlpha alpha,
            Optional<Interval> interval) {}

    /**
     * One rater.
     *
     * @param means  of their scores, by model  @param votes they cast  @param left votes for the left of two answers
     * @param right  votes for the right one
     * @param turned of the pairs that a judge was asked twice, those where its verdict changed with the places
     * @param twice  pairs that a judge was asked twice
     */
    public record RaterSummary(Rater rater, int scored, Map<String, Double> means, int votes, int left, int right,
            int turned, int twice) {
        /** How many of 100 decided votes went to the left answer; empty where there are none. */
        public OptionalDouble leftPercent() {
            return left + right == 0 ? OptionalDouble.empty() : OptionalDouble.of(100.0 * left / (left + right));
        }
    }

    public RatingResults {
        models = List.copyOf(models);
        scores = List.copyOf(scores);
        pairs = List.copyOf(pairs);
        agreement = List.copyOf(agreement);
        raters = List.copyOf(raters);
    }

    /** Whether nobody has judged any of these answers. */
    public boolean isEmpty() { return raters.isEmpty(); }

    /** The mean score that a kind of raters gave a model. */
    public Optional<ModelScore> score(Rater.Kind kind, String model) {
        return scores.stream().filter(score -> score.kind() == kind && score.model().equals(model)).findFirst();
    }

    /** What a kind of raters says of two models. */
    public Optional<Pair> pair(Rater.Kind kind, String one, String other) {
        return pairs.stream().filter(pair -> pair.kind() == kind && pair.one().equals(one)
                && pair.other().equals(other)).findFirst();
    }
}
