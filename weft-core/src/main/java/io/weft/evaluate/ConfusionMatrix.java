package io.weft.evaluate;

import io.weft.metric.Confusion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/** What one model answered where each label was expected, for the terminal and the page. */
public final class ConfusionMatrix {
    private static final int MISTAKES = 10;
    /** More labels make a terminal's lines too long: the mistakes are then all that it shows. */
    private static final int MOST_COLUMNS = 8;
    private final String model;
    private final Confusion confusion;

    ConfusionMatrix(String model, Confusion confusion) {
        this.model = model;
        this.confusion = confusion;
    }

    /** A cell of the picture. @param share of its row's rows, 0 to 1  @param right on the diagonal */
    public record Cell(int rows, double share, boolean right) {}

    /** The expected labels down, the answered ones across, and last what is no label. */
    public List<String> heading() {
        return Stream.of(Stream.of(say("expected \\ %s answer", model)), labels(), Stream.of(say("no label")))
                .flatMap(cells -> cells).toList();
    }

    private Stream<String> labels() { return confusion.labels().stream().map(Labels::shown); }

    /** A line for each label, as many cells as the heading has. */
    public List<List<String>> lines() {
        List<String> labels = labels().toList();
        List<List<String>> lines = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            lines.add(Stream.concat(Stream.of(labels.get(i)), confusion.counts().get(i).stream()
                    .map(count -> String.format(Locale.ROOT, "%,d", count))).toList());
        }
        return lines;
    }

    /** The counts as the page colours them, a line for each label. */
    public List<List<Cell>> cells() {
        List<List<Cell>> lines = new ArrayList<>();
        for (int i = 0; i < confusion.labels().size(); i++) {
            List<Integer> counts = confusion.counts().get(i);
            int all = Math.max(1, counts.stream().mapToInt(count -> count).sum());
            List<Cell> line = new ArrayList<>();
            for (int j = 0; j < counts.size(); j++) {
                line.add(new Cell(counts.get(j), (double) counts.get(j) / all, i == j));
            }
            lines.add(line);
        }
        return lines;
    }

    /** Whether a terminal's line holds all labels. */
    public boolean fitsATerminal() { return confusion.labels().size() <= MOST_COLUMNS; }

    /** What the model mistook for what, the most frequent first; empty where it mistook nothing. */
    public Optional<String> mistakes() {
        List<Confusion.Cell> wrong = confusion.cells().stream().filter(cell -> !cell.isRight()).toList();
        String some = wrong.stream().limit(MISTAKES).map(cell -> say("\"%s\" as %s %,d",
                Labels.shown(cell.expected()), cell.answered().map(label -> "\"" + Labels.shown(label) + "\"")
                .orElse(say("no label")), cell.rows())).collect(Collectors.joining(", "));
        return wrong.isEmpty() ? Optional.empty() : Optional.of(say("%s mistakes: %s", model, wrong.size() > MISTAKES
                ? say("%s and %d more", some, wrong.size() - MISTAKES) : some));
    }
}
