package io.weft.evaluate;

import io.weft.metric.AnswerLengths;
import io.weft.metric.Bleu;
import io.weft.metric.Classification;
import io.weft.metric.Confusion;
import io.weft.metric.CorpusTokens;
import io.weft.metric.ExactMatch;
import io.weft.metric.LabelSet;
import io.weft.metric.Rouge;
import io.weft.objective.LossSum;
import io.weft.objective.Objective;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/**
 * How well one model did. What does not apply is empty: the text scores where the rows ask nothing or no expected
 * answer is long enough, the classification where the answers are free text or all the same.
 *
 * @param objective whose loss it is
 * @param loss      sum over what the objective counts
 * @param lengths   of the expected answers
 * @param confusion empty where the classification is
 */
public record Scores(Objective objective, LossSum loss, AnswerLengths lengths,
        Optional<Rouge> rouge, Optional<Bleu> bleu, Optional<ExactMatch> exactMatch,
        Optional<Classification> classification, Optional<Confusion> confusion) {
    /** @param cut see {@link CorpusTokens}: the same for every model */
    static Scores of(HeldOutRows rows, Answers answers, CorpusTokens cut, AnswerLengths lengths) {
        List<String> given = answers.texts(), expected = rows.expected();
        Optional<LabelSet> labels = Labels.of(rows).toTell();
        boolean texts = !rows.objective().readout().isOfRows();
        return new Scores(rows.objective(), answers.loss(), lengths,
                when(texts && lengths.words() > 0, () -> Rouge.corpus(given, expected, cut.rouge())),
                when(texts && lengths.fourGrams() > 0, () -> Bleu.corpus(given, expected, cut.bleu())),
                when(texts && lengths.answers() > lengths.empty(), () -> ExactMatch.of(given, expected)),
                labels.map(set -> set.score(given, expected)), labels.map(set -> set.confusion(given, expected)));
    }

    private static <T> Optional<T> when(boolean applies, Supplier<T> score) {
        return applies ? Optional.of(score.get()) : Optional.empty();
    }

    /**
     * e to the loss: how many tokens the model hesitates between, on average. Empty where no token was counted or the
     * loss is another one.
     */
    public OptionalDouble perplexity() {
        return objective.isLikelihood() && loss.count() > 0 ? OptionalDouble.of(Math.exp(loss.mean()))
                : OptionalDouble.empty();
    }
}
