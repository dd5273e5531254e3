package io.weft.evaluate;

import io.weft.metric.Classification;
import io.weft.metric.Rouge;
import io.weft.problem.Translatable;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import static io.weft.problem.Translatable.text;

/** The lines of a before/after table, in its order. All but loss, reward and perplexity go from 0 to 100. */
public enum Measure {
    LOSS("loss", text("held-out loss"), false, scores -> present(!scores.objective().makesAnswers()
    && scores.loss().count() > 0, scores.loss().mean())),
    REWARD("reward", text("mean reward"), true, scores -> present(scores.objective().makesAnswers()
    && scores.loss().count() > 0, scores.loss().means().getOrDefault("reward", Double.NaN))),
    PERPLEXITY("perplexity", text("perplexity"), false, Scores::perplexity),
    ROUGE_1("rouge1", text("ROUGE-1 (F1)"), true, rouge(rouge -> rouge.rouge1().f1())),
    ROUGE_2("rouge2", text("ROUGE-2 (F1)"), true, scores -> scores.lengths().pairs() == 0 ? OptionalDouble.empty()
            : rouge(rouge -> rouge.rouge2().f1()).apply(scores)),
    ROUGE_L("rougeL", text("ROUGE-L (F1)"), true, rouge(rouge -> rouge.rougeL().f1())),
    BLEU("bleu", text("BLEU-4"), true, scores -> scores.bleu().map(bleu -> OptionalDouble.of(bleu.score()))
    .orElse(OptionalDouble.empty())),
    EXACT_MATCH("exactMatch", text("exact match %"), true,
    scores -> scores.exactMatch().map(exact -> OptionalDouble.of(100 * exact.strict())).orElse(OptionalDouble.empty())),
    ACCURACY("accuracy", text("accuracy %"), true, labels(Classification::accuracy)),
    MACRO_PRECISION("macroPrecision", text("macro precision %"), true, labels(c -> c.macro().precision())),
    MACRO_RECALL("macroRecall", text("macro recall %"), true, labels(c -> c.macro().recall())),
    MACRO_F1("macroF1", text("macro F1 %"), true, labels(c -> c.macro().f1())),
    WEIGHTED_PRECISION("weightedPrecision", text("weighted precision %"), true, labels(c -> c.weighted().precision())),
    WEIGHTED_RECALL("weightedRecall", text("weighted recall %"), true, labels(c -> c.weighted().recall())),
    WEIGHTED_F1("weightedF1", text("weighted F1 %"), true, labels(c -> c.weighted().f1()));

    private final String key;
    private final Translatable label;
    private final boolean higherIsBetter;
    private final Function<Scores, OptionalDouble> value;

    Measure(String key, Translatable label, boolean higherIsBetter, Function<Scores, OptionalDouble> value) {
        this.key = key;
        this.label = label;
        this.higherIsBetter = higherIsBetter;
        this.value = value;
    }

    private static OptionalDouble present(boolean present, double value) {
        return present ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    private static Function<Scores, OptionalDouble> rouge(ToDoubleFunction<Rouge> part) {
        return scores -> scores.rouge().map(rouge -> OptionalDouble.of(100 * part.applyAsDouble(rouge)))
                .orElse(OptionalDouble.empty());
    }

    private static Function<Scores, OptionalDouble> labels(ToDoubleFunction<Classification> part) {
        return scores -> scores.classification().map(c -> OptionalDouble.of(100 * part.applyAsDouble(c)))
                .orElse(OptionalDouble.empty());
    }

    /** The name in scores.json. */
    public String key() { return key; }

    /** The name for people, in the current language. */
    public String label() { return label.toString(); }

    public boolean higherIsBetter() { return higherIsBetter; }

    /** Digits behind the point that people are shown; what differs by less is the same. */
    public int digits() { return this == LOSS || this == REWARD ? 4 : 2; }

    /** Whether it compares answers with expected ones by their words. */
    boolean isOfText() { return compareTo(ROUGE_1) >= 0 && compareTo(EXACT_MATCH) <= 0; }

    /** Whether it is one of a classification. */
    boolean isOfLabels() { return compareTo(ACCURACY) >= 0; }

    /** This measure's number; empty where it does not apply. */
    public OptionalDouble of(Scores scores) { return value.apply(scores); }
}
