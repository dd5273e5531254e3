package io.weft.evaluate;

import io.weft.generate.Sampling;
import io.weft.metric.CorpusTokens;
import io.weft.metric.bootstrap.Bootstrap;
import io.weft.metric.bootstrap.PairedDifference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/** The before/after table in words: its cells, for the terminal and the page alike. */
public final class ScoreTable {
    private ScoreTable() {}

    /** Of two models what lies between them; of several each beside the first. */
    public static List<String> heading(Comparison c) {
        List<String> cells = new ArrayList<>(List.of(""));
        for (int i = 0; i < c.models().size(); i++) {
            cells.add(c.name(i));
            if (c.models().size() > 2 && i > 0) {
                cells.add("");
            }
        }
        if (c.models().size() == 2) {
            cells.addAll(List.of(say("difference"), say("interval, 95 %"), say("percent"), ""));
        }
        return cells;
    }

    /**
     * A row of the table.
     *
     * @param cells    as many as the heading has
     * @param verdicts of each cell, a word of {@link Verdict}; "" where it holds none
     */
    public record Row(List<String> cells, List<String> verdicts) {
        Row(List<String> cells) { this(cells, cells.stream().map(cell -> "").toList()); }
    }

    /** The table's rows: measures that compare texts and cannot speak stand among the others, as "n/a". */
    public static List<Row> rows(Comparison c) {
        List<Row> rows = new ArrayList<>();
        for (Measure measure : c.measures()) {
            if (c.models().stream().anyMatch(model -> model.scores().value(measure).isPresent())) {
                rows.add(c.models().size() == 2 ? pair(c, measure) : many(c, measure));
            } else if (measure.isOfText() && writes(c)) {
                List<String> cells = new ArrayList<>(List.of(measure.label()));
                int width = heading(c).size();
                for (int i = 1; i < width; i++) {
                    cells.add(c.models().size() == 2 && i > 2 ? i == width - 1 ? "" : "–"
                            : c.models().size() > 2 && i > 1 && i % 2 == 1 ? "" : say("n/a"));
                }
                rows.add(new Row(cells));
            }
        }
        if (c.models().size() == 2 && !c.rows().objective().isLikelihood() && c.labels().toTell().isEmpty()) {
            metrics(c, rows);
        }
        return rows;
    }

    /** The rows for a page's template: {@code cells}, each with its {@code text} and {@code verdict}. */
    public static List<Map<String, Object>> marked(Comparison c) {
        return rows(c).stream().map(row -> Map.<String, Object>of("cells", IntStream.range(0, row.cells().size())
                .mapToObj(i -> Map.of("text", row.cells().get(i), "verdict", row.verdicts().get(i))).toList()))
                .toList();
    }

    private static Row pair(Comparison c, Measure measure) {
        List<String> cells = new ArrayList<>(List.of(measure.label(), value(c, measure, 0), value(c, measure, 1)));
        Optional<Comparison.Line> line = c.line(measure);
        cells.addAll(line.map(known -> List.of(
                number("%+,." + measure.digits() + "f", known.isSame() ? 0 : known.difference()),
                IntervalText.ends(measure, known.chance().map(PairedDifference::interval), true),
                known.percent().isPresent() ? number("%+,.1f %%", known.percent().getAsDouble()) : "–",
                known.verdict().said())).orElse(List.of("–", "", "–", "")));
        return new Row(cells, List.of("", "", "", "", "", "", line.map(known -> known.verdict().word()).orElse("")));
    }

    private static Row many(Comparison c, Measure measure) {
        List<String> cells = new ArrayList<>(List.of(measure.label())), verdicts = new ArrayList<>(List.of(""));
        for (int i = 0; i < c.models().size(); i++) {
            cells.add(value(c, measure, i));
            verdicts.add("");
            if (i > 0 && c.models().size() > 2) {
                Optional<Verdict> verdict = c.line(measure, 0, i).map(Comparison.Line::verdict);
                cells.add(verdict.map(Verdict::said).orElse(""));
                verdicts.add(verdict.map(Verdict::word).orElse(""));
            }
        }
        return new Row(cells, verdicts);
    }

    /** A model's number, and half of the interval that it lies in. */
    private static String value(Comparison c, Measure measure, int model) {
        OptionalDouble value = c.models().get(model).scores().value(measure);
        return value.isEmpty() ? say("n/a") : number("%,." + measure.digits() + "f", value.getAsDouble())
                + IntervalText.half(measure, c.interval(measure, model));
    }

    /** Whether the models answer with texts. */
    private static boolean writes(Comparison comparison) {
        return !comparison.rows().questions().isEmpty() && !comparison.rows().objective().readout().isOfRows();
    }

    /** What the objective itself measures; whether more is better is its own affair. */
    private static void metrics(Comparison c, List<Row> rows) {
        Map<String, Double> base = c.rows().objective().metrics(c.base().loss()),
                tuned = c.rows().objective().metrics(c.tuned().loss());
        base.forEach((name, before) -> {
            if (tuned.containsKey(name)) {
                double after = tuned.get(name);
                rows.add(new Row(List.of(name, number("%,.4f", before), number("%,.4f", after),
                        number("%+,.4f", after - before), "", "–", "")));
            }
        });
    }

    private static String number(String format, double value) { return IntervalText.number(format, value); }

    /** What was measured, on what and how: a sentence each. */
    public static List<String> conditions(Comparison c) {
        Sampling sampling = c.settings().sampling();
        List<String> lines = new ArrayList<>();
        lines.add(c.rows().rows() == c.rows().of() ? say("held-out rows: %,d", c.rows().rows())
                : say("held-out rows: the first %,d of %,d", c.rows().rows(), c.rows().of()));
        if (writes(c)) {
            String choice = sampling.isGreedy() ? say("greedy")
                    : say("temperature %s, top-p %s, seed %d", sampling.temperature(), sampling.topP(),
                    sampling.seed());
            choice += sampling.topK() > 0 && !sampling.isGreedy() ? say(", top-k %d", sampling.topK()) : "";
            choice += sampling.minP() > 0 && !sampling.isGreedy() ? say(", min-p %s", sampling.minP()) : "";
            choice += sampling.repetitionPenalty() != 1 ? say(", repetition penalty %s", sampling.repetitionPenalty())
                    : "";
            lines.add(say("answers: %s; prompts of at most %d tokens (%d shortened), %d new tokens", choice,
                    c.settings().promptTokens(), c.rows().shortened(), sampling.maxNewTokens()));
            counted(c, say("unfinished"), Answers::unended).ifPresent(lines::add);
            counted(c, say("empty"), Answers::empty).ifPresent(lines::add);
            lines.add(tokens(c.tokens()));
        }
        if (c.measures().stream().anyMatch(measure -> c.interval(measure, 0).isPresent())) {
            lines.add(say("± half of a 95 %% interval, from %,d resamples of the rows, the same for all models; better "
                    + "or worse is said where the interval of the difference leaves 0 out", Bootstrap.RESAMPLES));
        }
        return lines;
    }

    /** How many answers of each model; empty where there are none at all. */
    private static Optional<String> counted(Comparison c, String what, ToIntFunction<Answers> count) {
        List<Integer> counts = c.models().stream().map(model -> count.applyAsInt(model.answers())).toList();
        return counts.stream().allMatch(n -> n == 0) ? Optional.empty()
                : Optional.of(say("%s answers: %s", what, IntStream.range(0, counts.size()).mapToObj(i ->
                c.name(i) + " " + String.format(Locale.ROOT, "%,d", counts.get(i)))
                .collect(Collectors.joining(say(", ")))));
    }

    private static String tokens(CorpusTokens tokens) { return tokens.label() + say("; 0 to 100"); }
}
