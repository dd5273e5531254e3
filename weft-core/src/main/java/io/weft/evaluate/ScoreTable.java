package io.weft.evaluate;

import io.weft.generate.Sampling;
import io.weft.metric.CorpusTokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import static io.weft.problem.Language.say;

/** The before/after table in words: its cells, for the terminal and the page alike. */
public final class ScoreTable {
    private ScoreTable() {}

    public static List<String> heading() {
        return List.of("", say("base"), say("tuned"), say("difference"), say("percent"), "");
    }

    /** A row of the table. @param cells as many as the heading has  @param verdict that of {@link Comparison.Line} */
    public record Row(List<String> cells, String verdict) {}

    /** The table's rows: measures that compare texts and cannot speak stand among the others, as "n/a". */
    public static List<Row> rows(Comparison comparison) {
        List<Row> rows = new ArrayList<>();
        for (Measure measure : Measure.values()) {
            Optional<Comparison.Line> line = comparison.line(measure);
            if (line.isPresent()) {
                rows.add(new Row(cells(line.get()), line.get().verdict()));
            } else if (measure.isOfText() && writes(comparison)) {
                rows.add(new Row(List.of(measure.label(), say("n/a"), say("n/a"), "–", "–", ""), ""));
            }
        }
        if (!comparison.rows().objective().isLikelihood() && comparison.labels().toTell().isEmpty()) {
            metrics(comparison, rows);
        }
        return rows;
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
                        number("%+,.4f", after - before), "–", ""), ""));
            }
        });
    }

    private static List<String> cells(Comparison.Line line) {
        String digits = "%,." + line.measure().digits() + "f";
        return List.of(line.measure().label(), number(digits, line.base()), number(digits, line.tuned()),
                number(digits.replace("%", "%+"), line.isSame() ? 0 : line.difference()),
                line.percent().isPresent() ? number("%+,.1f %%", line.percent().getAsDouble()) : "–", verdict(line));
    }

    private static String number(String format, double value) { return String.format(Locale.ROOT, format, value); }

    private static String verdict(Comparison.Line line) {
        return switch (line.verdict()) {
            case "better" -> say("better");
            case "worse" -> say("worse");
            default -> say("same");
        };
    }

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
            lines.add(say(
                    "answers: %s; prompts of at most %d tokens (%d shortened), %d new tokens (unfinished: base %d, "
                    + "tuned %d; empty: base %d, tuned %d)", choice, c.settings().promptTokens(), c.rows().shortened(),
                    sampling.maxNewTokens(), c.base().unended(), c.tuned().unended(), c.base().empty(),
                    c.tuned().empty()));
            lines.add(tokens(c.tokens()));
        }
        return lines;
    }

    private static String tokens(CorpusTokens tokens) { return tokens.label() + say("; 0 to 100"); }
}
