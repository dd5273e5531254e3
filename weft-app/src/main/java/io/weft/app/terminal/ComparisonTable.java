package io.weft.app.terminal;

import io.weft.evaluate.Comparison;
import io.weft.evaluate.LabelTable;
import io.weft.evaluate.Notices;
import io.weft.evaluate.ScoreTable;
import io.weft.rating.RatingLines;
import io.weft.rating.RatingResults;
import io.weft.rating.RatingTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The before/after table as aligned text: what it was measured on above it, and below what does not apply, and the
 * labels of a classification.
 */
public final class ComparisonTable {
    private final Comparison comparison;
    private final Optional<RatingResults> ratings;

    public ComparisonTable(Comparison comparison) { this(comparison, Optional.empty()); }

    /** @param ratings what raters said of these answers before */
    public ComparisonTable(Comparison comparison, Optional<RatingResults> ratings) {
        this.comparison = comparison;
        this.ratings = ratings;
    }

    /** Ends with a line break. */
    public String text() {
        List<List<String>> rows = new ArrayList<>(List.of(ScoreTable.heading(comparison)));
        ScoreTable.rows(comparison).forEach(row -> rows.add(row.cells()));
        ratings.ifPresent(said -> RatingLines.of(said).forEach(line -> rows.add(line.cells())));
        StringBuilder text = new StringBuilder();
        ScoreTable.conditions(comparison).forEach(line -> text.append(line).append('\n'));
        text.append('\n');
        text.append(TextTable.of(rows, true));
        comparison.notApplicable().forEach(line -> text.append(line).append('\n'));
        Notices.of(comparison).forEach(line -> text.append(line).append('\n'));
        ratings.ifPresent(said -> new RatingTable(said).agreement().forEach(line -> text.append(line).append('\n')));
        LabelTable.of(comparison).ifPresent(labels -> {
            text.append('\n');
            labels.notes().forEach(line -> text.append(line).append('\n'));
            text.append('\n');
            text.append(TextTable.of(Stream.concat(Stream.of(labels.heading()), labels.lines().stream()).toList(),
                    false));
            labels.confusions().forEach(matrix -> {
                if (matrix.fitsATerminal()) {
                    text.append('\n').append(TextTable.of(Stream.concat(Stream.of(matrix.heading()),
                            matrix.lines().stream()).toList(), false));
                }
                matrix.mistakes().ifPresent(line -> text.append(line).append('\n'));
            });
        });
        return text.toString();
    }
}
