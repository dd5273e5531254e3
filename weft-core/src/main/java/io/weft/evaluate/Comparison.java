package io.weft.evaluate;

import io.weft.evaluate.sample.SampleRows;
import io.weft.metric.AnswerLengths;
import io.weft.metric.CorpusTokens;
import io.weft.metric.bootstrap.Interval;
import io.weft.metric.bootstrap.PairedDifference;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * Models on the same rows with the same settings: base and tuned, before and after, or several of any kind. The first
 * is the one that the others are compared with.
 */
public final class Comparison {
    /** The files of an evaluation folder. */
    public static final String SCORES = "scores.json", SAMPLES = SampleRows.FILE, REPORT = "report.html";
    private final List<Judged> models;
    private final EvaluationSettings settings;
    private final CorpusTokens tokens;
    private final AnswerLengths lengths;
    private final Chances chances;
    private final List<String> remarks;

    private Comparison(List<Judged> models, EvaluationSettings settings, CorpusTokens tokens, AnswerLengths lengths,
            List<String> remarks) {
        this.models = List.copyOf(models);
        this.settings = settings;
        this.tokens = tokens;
        this.lengths = lengths;
        this.remarks = List.copyOf(remarks);
        chances = Chances.of(models, settings.sampling().seed());
    }

    /** A model's answers before they are scored. @param rows as this model is asked them */
    public record Entry(String name, HeldOutRows rows, Answers answers) {}

    /** One line of the table: a measure of two models. @param chance of it; empty where the rows are too few */
    public record Line(Measure measure, double base, double tuned, Optional<PairedDifference> chance) {
        /** A line of which the rows are not known. */
        public Line(Measure measure, double base, double tuned) { this(measure, base, tuned, Optional.empty()); }

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

        /** Which way the number moved, as far as the rows show. What is not finite is no better than what is. */
        public Verdict verdict() {
            if (measure.better() == Measure.Better.NEITHER) {
                return Verdict.NONE;
            }
            if (isSame() || !Double.isFinite(base) && !Double.isFinite(tuned)) {
                return Verdict.SAME;
            }
            if (!Double.isFinite(difference())) {
                return Double.isFinite(tuned) ? Verdict.BETTER : Verdict.WORSE;
            }
            return !chance.map(PairedDifference::isShown).orElse(false) ? Verdict.NOT_SHOWN
                    : difference() > 0 == (measure.better() == Measure.Better.HIGHER) ? Verdict.BETTER
                    : Verdict.WORSE;
        }
    }

    /** @param base answers before tuning  @param tuned answers after it, both to the questions of {@code rows} */
    public static Comparison of(HeldOutRows rows, EvaluationSettings settings, Answers base, Answers tuned) {
        return of(List.of(new Entry(SampleRows.BASE, rows, base), new Entry(SampleRows.TUNED, rows, tuned)), settings);
    }

    /** @param models one or more, asked the same rows in the same order; "base" and "tuned" where there are two */
    public static Comparison of(List<Entry> models, EvaluationSettings settings) {
        return of(models, settings, List.of());
    }

    /** The same. @param remarks of whoever chose the rows, to stand among the notices */
    public static Comparison of(List<Entry> models, EvaluationSettings settings, List<String> remarks) {
        List<String> expected = models.get(0).rows().expected();
        CorpusTokens cut = CorpusTokens.of(expected);
        AnswerLengths lengths = AnswerLengths.of(expected, cut);
        return new Comparison(models.stream().map(model -> new Judged(model.name(), model.rows(), model.answers(),
                Scores.of(model.rows(), model.answers(), cut, lengths))).toList(), settings, cut, lengths, remarks);
    }

    public List<Judged> models() { return models; }

    public EvaluationSettings settings() { return settings; }

    /** How ROUGE and BLEU cut the texts. */
    public CorpusTokens tokens() { return tokens; }

    /** Whether it is a run's base and what it became. */
    public boolean isOfRun() {
        return models.size() == 2 && models.get(0).name().equals(SampleRows.BASE)
                && models.get(1).name().equals(SampleRows.TUNED);
    }

    /** A model's name for people. */
    public String name(int model) {
        return !isOfRun() ? models.get(model).name() : model == 0 ? say("base") : say("tuned");
    }

    /** As the first model is asked them. */
    public HeldOutRows rows() { return models.get(0).rows(); }

    /** The answers of the first model. */
    public Answers base() { return models.get(0).answers(); }

    /** The answers of the last model. */
    public Answers tuned() { return last().answers(); }

    private Judged last() { return models.get(models.size() - 1); }

    /**
     * The table's measures, in its order: the usual ones, and where the models' losses are means over other tokens, a
     * loss that does not depend on them.
     */
    public List<Measure> measures() {
        return Stream.of(Measure.values()).filter(measure -> measure != Measure.BITS_PER_BYTE
                || IntStream.range(1, models.size()).anyMatch(model -> !sameTargets(0, model))).toList();
    }

    /** The measures that apply: the last model beside the first. */
    public List<Line> lines() { return measures().stream().flatMap(measure -> line(measure).stream()).toList(); }

    /** The line of a measure; empty where it does not apply. */
    public Optional<Line> line(Measure measure) { return line(measure, 0, models.size() - 1); }

    /**
     * The line of a measure of two of the models, by their places; empty where it does not apply to one of them, and of
     * losses that are not of the same.
     */
    public Optional<Line> line(Measure measure, int from, int to) {
        OptionalDouble before = models.get(from).scores().value(measure),
                after = models.get(to).scores().value(measure);
        if (before.isEmpty() || after.isEmpty() || measure.isOfTargets() && !sameTargets(from, to)) {
            return Optional.empty();
        }
        return Optional.of(new Line(measure, before.getAsDouble(), after.getAsDouble(),
                chances.difference(measure, from, to)));
    }

    /** Whether the losses of two models are of the same tokens, by the same objective. */
    boolean sameTargets(int from, int to) {
        HeldOutRows one = models.get(from).rows(), other = models.get(to).rows();
        return one == other || one.objective().name().equals(other.objective().name())
                && one.targets().equals(other.targets());
    }

    /** Where a model's own number lies; empty where the rows are too few. */
    public Optional<Interval> interval(Measure measure, int model) { return chances.interval(measure, model); }

    /** Which answers are labels. */
    public Labels labels() { return Labels.of(rows()); }

    /** What does not apply and why, a sentence each. */
    public List<String> notApplicable() { return reasons().values().stream().distinct().toList(); }

    /** Why each measure without a line has none. */
    Map<Measure, String> reasons() {
        Map<Measure, String> reasons = new EnumMap<>(Measure.class);
        Reasons known = new Reasons(rows(), lengths);
        for (Measure measure : Measure.usual()) {
            if (measure.isReasoned() && models.stream().allMatch(model -> model.scores().value(measure).isEmpty())
                    && (measure != Measure.REWARD || rows().objective().makesAnswers())) {
                reasons.put(measure, known.of(measure));
            }
        }
        return reasons;
    }

    /** Of whoever chose the rows. */
    List<String> remarks() { return remarks; }

    AnswerLengths lengths() { return lengths; }
}
