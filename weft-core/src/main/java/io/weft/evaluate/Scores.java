package io.weft.evaluate;

import io.weft.metric.AnswerLengths;
import io.weft.metric.Bleu;
import io.weft.metric.Classification;
import io.weft.metric.Confusion;
import io.weft.metric.CorpusTokens;
import io.weft.metric.ExactMatch;
import io.weft.metric.LabelSet;
import io.weft.metric.Rouge;
import io.weft.metric.bootstrap.RowStatistics;
import io.weft.objective.LossSum;
import io.weft.objective.Objective;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
 * @param measures  what each row adds to each measure that applies
 */
public record Scores(Objective objective, LossSum loss, AnswerLengths lengths,
        Optional<Rouge> rouge, Optional<Bleu> bleu, Optional<ExactMatch> exactMatch,
        Optional<Classification> classification, Optional<Confusion> confusion, Map<Measure, RowStatistics> measures) {
    /** With the tokens that the expected answers ask for. */
    public static Scores of(HeldOutRows rows, Answers answers) {
        CorpusTokens cut = CorpusTokens.of(rows.expected());
        return of(rows, answers, cut, AnswerLengths.of(rows.expected(), cut));
    }

    /** @param cut see {@link CorpusTokens}: the same for every model */
    static Scores of(HeldOutRows rows, Answers answers, CorpusTokens cut, AnswerLengths lengths) {
        List<String> given = answers.texts(), expected = rows.expected();
        Optional<LabelSet> labels = Labels.of(rows).toTell();
        boolean texts = !rows.objective().readout().isOfRows();
        return new Scores(rows.objective(), answers.loss(), lengths,
                when(texts && lengths.words() > 0, () -> Rouge.corpus(given, expected, cut.rouge())),
                when(texts && lengths.fourGrams() > 0, () -> Bleu.corpus(given, expected, cut.bleu())),
                when(texts && lengths.answers() > lengths.empty(), () -> ExactMatch.of(given, expected)),
                labels.map(set -> set.score(given, expected)), labels.map(set -> set.confusion(given, expected)),
                measures(new AnsweredRows(rows, answers, cut, lengths)));
    }

    private static Map<Measure, RowStatistics> measures(AnsweredRows rows) {
        Map<Measure, RowStatistics> measures = new EnumMap<>(Measure.class);
        for (Measure measure : Measure.values()) {
            measure.numbers(rows).ifPresent(numbers -> measures.put(measure, numbers));
        }
        return Collections.unmodifiableMap(measures);
    }

    private static <T> Optional<T> when(boolean applies, Supplier<T> score) {
        return applies ? Optional.of(score.get()) : Optional.empty();
    }

    /** A measure's number; empty where it does not apply. */
    public OptionalDouble value(Measure measure) {
        RowStatistics numbers = measures.get(measure);
        return numbers == null ? OptionalDouble.empty() : OptionalDouble.of(numbers.value());
    }
}
