package io.weft.evaluate;

import io.weft.metric.Bleu;
import io.weft.metric.Classification;
import io.weft.metric.CorpusTokens;
import io.weft.metric.ExactMatch;
import io.weft.metric.LabelSet;
import io.weft.metric.Rouge;
import io.weft.objective.LossSum;
import io.weft.objective.Objective;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How well one model did. What does not apply is empty: the text scores where the rows ask nothing, the classification
 * where the answers are free text.
 *
 * @param objective whose loss it is
 * @param loss sum over what the objective counts
 */
public record Scores(Objective objective, LossSum loss,
        Optional<Rouge> rouge, Optional<Bleu> bleu, Optional<ExactMatch> exactMatch,
        Optional<Classification> classification) {
    /** @param cut see {@link CorpusTokens}: the same for every model */
    public static Scores of(HeldOutRows rows, Answers answers, CorpusTokens cut) {
        List<String> given = answers.texts(), expected = rows.expected();
        if (expected.isEmpty()) {
            return new Scores(rows.objective(), answers.loss(), Optional.empty(), Optional.empty(), Optional.empty(),
                    Optional.empty());
        }
        return new Scores(rows.objective(), answers.loss(),
                Optional.of(Rouge.corpus(given, expected, cut.rouge())),
                Optional.of(Bleu.corpus(given, expected, cut.bleu())),
                Optional.of(ExactMatch.of(given, expected)),
                LabelSet.of(expected).map(labels -> labels.score(given, expected)));
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
