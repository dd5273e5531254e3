package io.weft.evaluate;

import io.weft.metric.AnswerLengths;
import io.weft.nn.Readout;

import static io.weft.problem.Language.say;

/** Why a measure does not apply to some rows. */
record Reasons(HeldOutRows rows, AnswerLengths lengths) {
    /** A sentence. @param measure that has no number */
    String of(Measure measure) {
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
            return Labels.of(rows).reason(rows.expected().stream().map(String::strip).distinct().count());
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
}
