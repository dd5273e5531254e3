package io.weft.prompt;

import io.weft.evaluate.Answers;
import io.weft.evaluate.HeldOutRows;
import io.weft.evaluate.Measure;
import io.weft.evaluate.Scores;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

import static io.weft.problem.Language.say;

/**
 * One model on the same held-out rows, asked without a prompt, with it, and with others.
 *
 * @param rows      that were judged  @param of how many held-out rows there are
 * @param shortened prompts of rows that were too long and lost their beginning
 */
public record PromptTable(int rows, int of, int shortened, List<Column> columns) {
    /** The columns of every table, and of the control. */
    public static final String WITHOUT = "without", PROMPT = "prompt", RANDOM = "random";

    /**
     * @param name   one of the three
     * @param values by the keys of {@link Measure}, those that apply; the mean of the texts where there are several
     * @param each   the held-out loss of each text
     */
    public record Column(String name, Map<String, Double> values, List<Double> each) {}

    /** What one model with one prompt made of the rows. */
    static Map<String, Double> values(HeldOutRows rows, Answers answers) {
        Scores scores = Scores.of(rows, answers);
        Map<String, Double> values = new LinkedHashMap<>();
        for (Measure measure : Measure.usual()) {
            OptionalDouble value = scores.value(measure);
            if (value.isPresent()) {
                values.put(measure.key(), value.getAsDouble());
            }
        }
        return values;
    }

    /** The mean of several texts' values. */
    public static Column mean(String name, List<Map<String, Double>> texts) {
        Map<String, Double> means = new LinkedHashMap<>();
        for (String key : texts.get(0).keySet()) {
            means.put(key, texts.stream().mapToDouble(values -> values.getOrDefault(key, Double.NaN)).average()
                    .orElse(Double.NaN));
        }
        return new Column(name, means, texts.stream().map(values -> values.get(Measure.LOSS.key())).toList());
    }

    /** A column's number. */
    public OptionalDouble value(String column, Measure measure) {
        return columns.stream().filter(each -> each.name.equals(column)).findFirst()
                .map(found -> found.values.get(measure.key())).map(OptionalDouble::of).orElse(OptionalDouble.empty());
    }

    /** For people: a heading, and a row for each measure that applies. */
    public List<List<String>> cells() {
        List<List<String>> lines = new ArrayList<>();
        List<String> heading = new ArrayList<>(List.of(""));
        columns.forEach(column -> heading.add(title(column)));
        lines.add(heading);
        for (Measure measure : Measure.usual()) {
            if (columns.get(0).values.containsKey(measure.key())) {
                List<String> line = new ArrayList<>(List.of(measure.label()));
                columns.forEach(column -> line.add(String.format(Locale.ROOT, "%,." + measure.digits() + "f",
                        column.values.getOrDefault(measure.key(), Double.NaN))));
                lines.add(line);
            }
        }
        return lines;
    }

    private static String title(Column column) {
        return switch (column.name) {
            case WITHOUT -> say("without");
            case PROMPT -> say("with the prompt");
            default -> say("random text, mean of %d", column.each.size());
        };
    }

    /** What it was measured on, a sentence each. */
    public List<String> conditions() {
        List<String> lines = new ArrayList<>();
        lines.add(rows == of ? say("held-out rows: %,d", rows) : say("held-out rows: %,d of %,d", rows, of));
        if (shortened > 0) {
            lines.add(say("%,d questions are longer than the context leaves room for and lost their beginning",
                    shortened));
        }
        return lines;
    }
}
