package io.weft.data.clean;

import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.format.Fields;
import io.weft.data.format.RowFormat;
import io.weft.data.read.Rejected;
import io.weft.data.read.Row;
import io.weft.data.read.RowProblem;
import io.weft.data.read.RowReader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Turns rows into samples and says what it would not take, and why: a field missing, null, no text or blank, or
 * half a character. Nothing is repaired and nothing dropped in silence; a row with control characters is kept and
 * flagged. What only several rows together show (duplicates, contradictions) is found by {@link Repeats}.
 */
public final class Cleaner implements RowReader.Sink {
    private final RowFormat format;
    private final PromptStyle style;
    private final Sink sink;
    private final Map<String, Integer> unused = new TreeMap<>();

    /** Takes what the cleaner makes of the rows. */
    public interface Sink {
        /** @param flags oddities of the row: {@code control_characters:input} */
        void kept(Row row, Sample sample, List<String> flags);

        void rejected(Rejected rejected);
    }

    public Cleaner(RowFormat format, PromptStyle style, Sink sink) {
        this.format = format;
        this.style = style;
        this.sink = sink;
    }

    @Override public void row(Row row) {
        var fields = new Fields(row.fields());
        Sample sample = format.read(fields, style, row.place());
        fields.unused().forEach(name -> unused.merge(name, 1, Integer::sum));
        if (fields.problems().isEmpty()) {
            sink.kept(row, sample, fields.flags());
        } else {
            String detail = fields.problems().stream().map(RowProblem::text).distinct()
                    .collect(Collectors.joining("; "));
            rejected(new Rejected(row.place(), fields.problems().get(0).reason(), detail, row.fields().toString()));
        }
    }

    @Override public void rejected(Rejected rejected) { sink.rejected(rejected); }

    /** Fields that the format does not read, with the number of rows that have them. */
    public Map<String, Integer> unused() { return unused; }
}
