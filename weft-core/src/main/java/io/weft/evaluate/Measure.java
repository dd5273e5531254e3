package io.weft.evaluate;

import io.weft.metric.ExactMatch;
import io.weft.metric.LlamaFactoryBleu4;
import io.weft.metric.bootstrap.RowStatistics;
import io.weft.metric.form.JsonForm;
import io.weft.problem.Translatable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import static io.weft.problem.Translatable.text;

/** The lines of the table, in its order: what each is called, which way is better, and what it counts. */
public enum Measure {
    LOSS("loss", Better.LOWER, Kind.LOSS, text("held-out loss"), AnsweredRows::loss),
    REWARD("reward", Better.HIGHER, Kind.LOSS, text("mean reward"), AnsweredRows::reward),
    PERPLEXITY("perplexity", Better.LOWER, Kind.LOSS, text("perplexity"), AnsweredRows::perplexity),
    BITS_PER_BYTE("bitsPerByte", Better.LOWER, Kind.LOSS, text("bits per byte"), AnsweredRows::bitsPerByte),
    ROUGE_1("rouge1", Better.HIGHER, Kind.TEXT, text("ROUGE-1 (F1)"), rows -> rows.rouge(1, r -> r.rouge1().f1())),
    ROUGE_2("rouge2", Better.HIGHER, Kind.TEXT, text("ROUGE-2 (F1)"), rows -> rows.rouge(2, r -> r.rouge2().f1())),
    ROUGE_L("rougeL", Better.HIGHER, Kind.TEXT, text("ROUGE-L (F1)"), rows -> rows.rouge(1, r -> r.rougeL().f1())),
    ROUGE_LSUM("rougeLsum", Better.HIGHER, Kind.TEXT, text("ROUGE-Lsum (F1)"),
            rows -> rows.rouge(1, r -> r.rougeLsum().f1())),
    BLEU("bleu", Better.HIGHER, Kind.TEXT, text("BLEU-4"), AnsweredRows::bleu),
    CHRF("chrf", Better.HIGHER, Kind.TEXT, text("chrF"), AnsweredRows::chrf),
    EXACT_MATCH("exactMatch", Better.HIGHER, Kind.TEXT, text("exact match %"),
            rows -> rows.share(ExactMatch::strictly)),
    JSON_VALID("jsonValid", Better.HIGHER, Kind.FORM, text("valid JSON %"),
            rows -> rows.json((given, expected) -> JsonForm.isValid(given))),
    JSON_KEYS("jsonKeys", Better.HIGHER, Kind.FORM, text("JSON with the expected keys %"),
            rows -> rows.json(JsonForm::hasKeysOf)),
    LENGTH("lengthRatio", Better.NEITHER, Kind.FORM, text("length against expected %"),
            rows -> rows.lengths(text -> text.codePointCount(0, text.length()))),
    DISTINCT_1("distinct1", Better.NEITHER, Kind.FORM, text("distinct-1 %"), rows -> rows.distinct(1)),
    DISTINCT_2("distinct2", Better.NEITHER, Kind.FORM, text("distinct-2 %"), rows -> rows.distinct(2)),
    LLAMA_FACTORY_BLEU("llamaFactoryBleu4", Better.HIGHER, Kind.OTHERS, text("bleu-4 of LLaMA-Factory"),
            rows -> rows.others(LlamaFactoryBleu4::sentence)),
    ACCURACY("accuracy", Better.HIGHER, Kind.LABELS, text("accuracy %"), rows -> rows.labels(c -> c.accuracy())),
    MACRO_PRECISION("macroPrecision", Better.HIGHER, Kind.LABELS, text("macro precision %"),
            rows -> rows.labels(c -> c.macro().precision())),
    MACRO_RECALL("macroRecall", Better.HIGHER, Kind.LABELS, text("macro recall %"),
            rows -> rows.labels(c -> c.macro().recall())),
    MACRO_F1("macroF1", Better.HIGHER, Kind.LABELS, text("macro F1 %"), rows -> rows.labels(c -> c.macro().f1())),
    WEIGHTED_PRECISION("weightedPrecision", Better.HIGHER, Kind.LABELS, text("weighted precision %"),
            rows -> rows.labels(c -> c.weighted().precision())),
    WEIGHTED_RECALL("weightedRecall", Better.HIGHER, Kind.LABELS, text("weighted recall %"),
            rows -> rows.labels(c -> c.weighted().recall())),
    WEIGHTED_F1("weightedF1", Better.HIGHER, Kind.LABELS, text("weighted F1 %"),
            rows -> rows.labels(c -> c.weighted().f1()));

    /** Which way a number is better. */
    public enum Better {
        HIGHER, LOWER,
        /** It describes, and says nothing of how good an answer is. */
        NEITHER;

        /** As scores.json spells it. */
        public String word() { return name().toLowerCase(Locale.ROOT); }
    }

    /** What a number is made of. All but losses and lengths go from 0 to 100; others are those of other tools. */
    enum Kind { LOSS, TEXT, FORM, OTHERS, LABELS }

    private final String key;
    private final Better better;
    private final Kind kind;
    private final Translatable label;
    private final Function<AnsweredRows, Optional<RowStatistics>> numbers;

    Measure(String key, Better better, Kind kind, Translatable label,
            Function<AnsweredRows, Optional<RowStatistics>> numbers) {
        this.key = key;
        this.better = better;
        this.kind = kind;
        this.label = label;
        this.numbers = numbers;
    }

    /** Those of every table, in its order: bits per byte is of use where tokenizers differ. */
    public static List<Measure> usual() { return Stream.of(values()).filter(measure -> measure != BITS_PER_BYTE)
            .toList(); }

    /** The name in scores.json. */
    public String key() { return key; }

    /** The name for people, in the current language. */
    public String label() { return label.toString(); }

    public Better better() { return better; }

    /** Digits behind the point that people are shown; what differs by less is the same. */
    public int digits() { return this == LOSS || this == REWARD || this == BITS_PER_BYTE ? 4 : 2; }

    /** Whether it is a mean over what the objective counts, so that only losses of the same compare. */
    boolean isOfTargets() { return kind == Kind.LOSS && this != BITS_PER_BYTE; }

    /** Whether it compares answers with expected ones by their words. */
    boolean isOfText() { return kind == Kind.TEXT; }

    /** Whether a reader misses it, and is told why, where it does not apply. */
    boolean isReasoned() { return kind != Kind.FORM && kind != Kind.OTHERS; }

    /** Whether it is one of a classification. */
    boolean isOfLabels() { return kind == Kind.LABELS; }

    /** What each row adds to this measure's number; empty where it does not apply. */
    Optional<RowStatistics> numbers(AnsweredRows rows) { return numbers.apply(rows); }
}
