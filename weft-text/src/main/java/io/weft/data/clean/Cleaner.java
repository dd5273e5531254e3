package io.weft.data.clean;

import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.format.Fields;
import io.weft.data.format.RowFormat;
import io.weft.data.read.Outcome;
import io.weft.data.read.Rejected;
import io.weft.data.read.Row;
import io.weft.data.read.RowProblem;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Turns rows into samples and says what it would not take, and why: a field missing, null, no text or blank, or
 * half a character. Nothing is repaired and nothing dropped in silence; a row with control characters is kept and
 * flagged. What only several rows together show (duplicates, contradictions) is found by {@link Repeats}.
 */
public final class Cleaner {
    private final RowFormat format;
    private final PromptStyle style;
    private final Map<String, Integer> unused = new TreeMap<>();

    public Cleaner(RowFormat format, PromptStyle style) {
        this.format = format;
        this.style = style;
    }

    public Outcome<Kept> clean(Row row) {
        var fields = new Fields(row.fields());
        Sample sample = format.read(fields, style, row.place());
        fields.unused().forEach(name -> unused.merge(name, 1, Integer::sum));
        if (fields.problems().isEmpty()) {
            return Outcome.of(new Kept(row.number(), sample, fields.flags()));
        }
        String detail = fields.problems().stream().map(RowProblem::text).distinct().collect(Collectors.joining("; "));
        return Outcome.rejected(new Rejected(row.place(), fields.problems().get(0).reason(), detail,
                row.fields().toString()));
    }

    /** Fields that the format does not read, with the number of rows that have them. */
    public Map<String, Integer> unused() { return unused; }
}
