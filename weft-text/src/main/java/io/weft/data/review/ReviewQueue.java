package io.weft.data.review;

import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.writer.CsvWriter;
import io.weft.data.Judged;
import io.weft.data.Message;
import io.weft.data.Preference;
import io.weft.data.Sample;
import io.weft.file.JsonFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Contradictions as a table for a person to decide in: every row of each, with where it stands and empty columns for
 * the decision and the corrected answer. {@code review.csv} is for spreadsheets (UTF-8 with a byte order mark, by which
 * Excel knows Chinese; long texts are shortened to what a cell holds), {@code review.jsonl} for programs. Both are read
 * back by {@link Decisions}. Without a contradiction there is no file.
 */
public final class ReviewQueue implements Closeable {
    /** Its files. */
    public static final String TABLE = "review.csv", LINES = "review.jsonl";
    /** The layout of a line. */
    public static final int FORMAT_VERSION = 1;
    /** Excel's cells hold 32,767 characters and lose the rest. */
    private static final int CELL = 32_000;
    private static final String BYTE_ORDER_MARK = "\ufeff";
    private final Path folder;
    private CsvWriter table;
    private Writer lines;
    private int conflicts, rows;

    /** @param folder gets the files  */
    public ReviewQueue(Path folder) { this.folder = folder; }

    /**
     * Takes rows on one subject in, if they still contradict each other.
     *
     * @param contradicting the first of them, where they are very many
     */
    public void add(List<Sample> contradicting) throws IOException {
        if (contradicting.stream().map(Sample::words).distinct().limit(2).count() < 2) {
            return;
        }
        if (conflicts == 0) {
            begin();
        }
        conflicts++;
        for (Sample row : contradicting) {
            rows++;
            ObjectNode line = line(row);
            List<String> cells = new ArrayList<>();
            ReviewColumns.ALL.forEach(name -> cells.add(cell(line.path(name).asText())));
            table.writeRecord(cells);
            lines.write(line + "\n");
        }
    }

    private void begin() throws IOException {
        Writer text = Files.newBufferedWriter(folder.resolve(TABLE));
        text.write(BYTE_ORDER_MARK);
        table = CsvWriter.builder().build(text);
        table.writeRecord(ReviewColumns.ALL);
        lines = Files.newBufferedWriter(folder.resolve(LINES));
    }

    private ObjectNode line(Sample row) {
        boolean pair = row instanceof Preference;
        return JsonFile.JSON.createObjectNode().put("formatVersion", FORMAT_VERSION)
                .put(ReviewColumns.CONFLICT, conflicts).put(ReviewColumns.KIND, kind(row))
                .put(ReviewColumns.FILE, row.place().file()).put(ReviewColumns.LINE, row.place().line())
                .put(ReviewColumns.ROW, row.place().row()).put(ReviewColumns.PROMPT, prompt(row.asked()))
                .put(ReviewColumns.ANSWER, row.answers().get(0))
                .put(ReviewColumns.REJECTED, pair ? row.answers().get(1) : "")
                .put(ReviewColumns.MARK, row instanceof Judged judged ? Correction.mark(judged) : "")
                .put(ReviewColumns.DECISION, "").put(ReviewColumns.CORRECTED, "").put(ReviewColumns.HASH,
                RowHash.of(row));
    }

    private static String kind(Sample row) {
        return row instanceof Preference ? "preference" : row instanceof Judged ? "mark" : "answer";
    }

    private static String prompt(List<Message> asked) {
        return asked.size() == 1 ? asked.get(0).content()
                : asked.stream().map(turn -> turn.role() + ": " + turn.content()).collect(Collectors.joining("\n"));
    }

    /** No longer than a cell, and nothing that a spreadsheet would compute. */
    private static String cell(String text) {
        String safe = text.matches("(?s)[=+@\\t\\r-].*") ? "'" + text : text;
        return safe.length() <= CELL ? safe
                : safe.substring(0, Character.isHighSurrogate(safe.charAt(CELL - 1)) ? CELL - 1 : CELL) + "…";
    }

    public int conflicts() { return conflicts; }

    /** Rows in all conflicts. */
    public int rows() { return rows; }

    @Override public void close() throws IOException {
        if (table != null) {
            table.close();
            lines.close();
            table = null;
        }
    }
}
