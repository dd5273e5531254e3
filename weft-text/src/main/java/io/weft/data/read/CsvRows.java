package io.weft.data.read;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.weft.data.Excerpt;
import io.weft.data.Place;
import io.weft.jinja.PythonSpace;
import io.weft.problem.UserError;
import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * Comma-separated rows under a line of column names (RFC 4180: quotes around a field, doubled within; line breaks
 * within quotes). Every value is text; blank lines are no rows.
 */
final class CsvRows implements RowSource {
    private final String file;
    private final QuoteWatch watch;
    private final CloseableIterator<CsvRecord> records;
    private final List<String> columns;

    CsvRows(String file, Reader in) {
        this.file = file;
        watch = new QuoteWatch(in);
        records = CsvReader.builder().skipEmptyLines(true).allowExtraFields(true).allowMissingFields(true)
                .allowExtraCharsAfterClosingQuote(false)
                .maxBufferSize(Row.LARGEST).ofCsvRecord(watch).iterator();
        CsvRecord header = nextRecord();
        columns = header == null ? List.of() : header.getFields().stream().map(PythonSpace::strip).toList();
        if (header != null) {
            check(header.getStartingLineNumber());
        }
    }

    private void check(long line) {
        Set<String> seen = new HashSet<>();
        for (String column : columns) {
            if (column.isEmpty() || !seen.add(column)) {
                throw UserError.of(say("%s line %d: the column names are %s; expected each once and none empty", file,
                        line, Excerpt.of(columns)));
            }
        }
        if (columns.size() == 1 && (columns.get(0).contains(";") || columns.get(0).contains("\t"))) {
            throw UserError.of(say("%s line %d: one column named '%s'; separate the columns with commas", file, line,
                    Excerpt.of(columns.get(0))));
        }
    }

    @Override public Optional<Outcome<Row>> next(int number) {
        return Optional.ofNullable(nextRecord()).map(record -> outcome(record, number));
    }

    private Outcome<Row> outcome(CsvRecord record, int number) {
        Place place = new Place(file, Math.toIntExact(record.getStartingLineNumber()));
        int count = record.getFieldCount();
        if (count != columns.size()) {
            return Outcome.rejected(place, new RowProblem("ragged",
                    say("%d fields under %d column names (%s); quote fields that hold commas or line breaks",
                    count, columns.size(), Excerpt.of(columns))), String.join(",", record.getFields()));
        }
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        int size = 0;
        for (int i = 0; i < count; i++) {
            fields.put(columns.get(i), record.getField(i));
            size += record.getField(i).length();
        }
        return size > Row.LARGEST ? Outcome.rejected(place, RowProblem.tooLarge(), record.getField(0))
                : Outcome.of(new Row(number, place, fields));
    }

    /** The next record, or null at the end. */
    private CsvRecord nextRecord() {
        try {
            CsvRecord record = records.hasNext() ? records.next() : null;
            watch.refuseOpenQuote(file);
            return record;
        } catch (CsvParseException | UncheckedIOException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
                if (cause instanceof UserError told) {
                    throw told;
                }
            }
            throw UserError.of(say("%s cannot be read as CSV: %s (%s); quote fields that hold commas, quotes or line "
                    + "breaks, and double the quotes within", file, e.getMessage(), cause.getMessage()), e);
        }
    }

    @Override public void close() throws IOException { records.close(); }

    /**
     * Follows the quotes beside the parser, which takes a quote that never closes for the rest of the file without a
     * word.
     */
    private static final class QuoteWatch extends FilterReader {
        private enum Within { FIELD_START, BARE, QUOTED, CLOSED }

        private Within within = Within.FIELD_START;
        private int line = 1, openedOn;
        private boolean ended;

        QuoteWatch(Reader in) { super(in); }

        @Override public int read(char[] target, int from, int length) throws IOException {
            int read = super.read(target, from, length);
            ended |= read < 0;
            for (int i = from; i < from + read; i++) {
                step(target[i]);
            }
            return read;
        }

        private void step(char c) {
            boolean separator = c == ',' || c == '\n' || c == '\r';
            if (within == Within.QUOTED) {
                within = c == '"' ? Within.CLOSED : Within.QUOTED;
            } else if (c == '"' && within != Within.BARE) {
                openedOn = within == Within.CLOSED ? openedOn : line;
                within = Within.QUOTED;
            } else {
                within = separator ? Within.FIELD_START : Within.BARE;
            }
            line += c == '\n' ? 1 : 0;
        }

        void refuseOpenQuote(String file) {
            if (ended && within == Within.QUOTED) {
                throw UserError.of(say("%s line %d: a quote is opened and never closed; close it, or double a quote "
                        + "that belongs to the text", file, openedOn));
            }
        }
    }
}
