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
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * Rows under a line of column names, separated by commas, semicolons, tabs or bars as Excel and pandas write them
 * (RFC 4180: quotes around a field, doubled within; line breaks within quotes). Every value is text; blank lines are no
 * rows. A column without a name is called as pandas calls it, {@code Unnamed: 0}; it is pandas' own row number, or what
 * a comma at the end of each line makes. A line of column names that stands among the rows is where files were joined.
 */
final class CsvRows implements RowSource {
    private static final String SEPARATORS = ",;\t|", MARK = "\ufeff";
    private final String file;
    private final QuoteWatch watch;
    private final CloseableIterator<CsvRecord> records;
    /** As the file has them, "" for one without a name, and as the rows have them. */
    private final List<String> heading, columns;

    /** @param separator between fields, see {@link #separator} */
    CsvRows(String file, Reader in, char separator) {
        this.file = file;
        watch = new QuoteWatch(in, separator);
        records = CsvReader.builder().fieldSeparator(separator).skipEmptyLines(true).allowExtraFields(true)
                .allowMissingFields(true).allowExtraCharsAfterClosingQuote(true)
                .maxBufferSize(Row.LARGEST).ofCsvRecord(watch).iterator();
        CsvRecord header = nextRecord();
        if (header != null && isSeparatorLine(String.join("", header.getFields()))) {
            header = nextRecord();
        }
        heading = header == null ? List.of() : names(header);
        columns = new ArrayList<>();
        for (String name : heading) {
            columns.add(name.isEmpty() ? "Unnamed: " + columns.size() : name);
        }
        if (header != null) {
            check(header.getStartingLineNumber());
        }
    }

    /**
     * What parts the fields of a file: what Excel's line {@code sep=;} says, else that of {@code , ; | tab} which
     * occurs most often in the line of column names.
     *
     * @param begin the beginning of the file
     */
    static char separator(String begin) {
        String header = begin.lines().findFirst().orElse("");
        if (isSeparatorLine(header)) {
            return header.replace("\"", "").charAt("sep=".length());
        }
        char best = ',';
        for (char candidate : SEPARATORS.toCharArray()) {
            best = outsideQuotes(header, candidate) > outsideQuotes(header, best) ? candidate : best;
        }
        return best;
    }

    private static long outsideQuotes(String header, char separator) {
        return header.replaceAll("\"[^\"]*\"", "").chars().filter(c -> c == separator).count();
    }

    /** Excel's hint, which is no row; read by its own separator it may have lost that. */
    private static boolean isSeparatorLine(String line) { return line.matches("(?i)\"?sep=[,;|\t]?\"?"); }

    private static List<String> names(CsvRecord header) {
        return header.getFields().stream().map(CsvRows::name).toList();
    }

    /** Behind a byte order mark, fastcsv takes quotes for text. */
    private static String name(String field) {
        return field.startsWith(MARK) ? PythonSpace.strip(field.substring(1).replace("\"", ""))
                : PythonSpace.strip(field);
    }

    private void check(long line) {
        Set<String> seen = new HashSet<>();
        for (String column : columns) {
            if (!seen.add(column)) {
                throw UserError.of(say("%s line %d: the column '%s' stands twice (%s); rename or take out one of them",
                        file, line, Excerpt.of(column), Excerpt.of(columns)));
            }
        }
    }

    @Override public Optional<Outcome<Row>> next(int number) {
        return Optional.ofNullable(nextRecord()).map(record -> outcome(record, number));
    }

    private Outcome<Row> outcome(CsvRecord record, int number) {
        Place place = new Place(file, Math.toIntExact(record.getStartingLineNumber()));
        List<String> fields = record.getFields();
        if (watch.isBroken(record)) {
            return rejected(place, fields, "quotes", say("a quoted field goes on behind its closing quote; double the "
                    + "quotes within it"));
        }
        if (fields.get(0).startsWith(MARK) || fields.get(0).equals(heading.get(0))) {
            List<String> again = names(record);
            if (heading.equals(again)) {
                return rejected(place, fields, "repeated_header", say("the line of column names stands here again; it "
                        + "is where files were joined, and no row"));
            }
            if (fields.get(0).startsWith(MARK)) {
                return joined(place, record, again, number);
            }
        }
        return row(place, fields, number);
    }

    /** A byte order mark is where another file begins: with a row, or with columns of its own. */
    private Outcome<Row> joined(Place place, CsvRecord record, Collection<String> names, int number) {
        if (names.stream().anyMatch(columns::contains)) {
            throw UserError.of(say("%s: another file was joined here, whose columns are %s and not %s; keep them in "
                    + "files of their own", place, Excerpt.of(names), Excerpt.of(columns)));
        }
        List<String> fields = new ArrayList<>(record.getFields());
        fields.set(0, fields.get(0).substring(1));
        return row(place, fields, number);
    }

    private Outcome<Row> row(Place place, List<String> fields, int number) {
        int count = fields.size();
        boolean trailing = count > columns.size()
                && fields.subList(columns.size(), count).stream().allMatch(String::isEmpty);
        if (count != columns.size() && !trailing) {
            return rejected(place, fields, "ragged",
                    say("%d fields under %d column names (%s); quote fields that hold separators or line breaks",
                    count, columns.size(), Excerpt.of(columns)));
        }
        ObjectNode row = JsonNodeFactory.instance.objectNode();
        int size = 0;
        for (int i = 0; i < columns.size(); i++) {
            String field = fields.get(i);
            if (!heading.get(i).isEmpty() || !field.isEmpty()) {
                row.put(columns.get(i), field);
            }
            size += field.length();
        }
        return size > Row.LARGEST ? Outcome.rejected(place, RowProblem.tooLarge(), fields.get(0))
                : Outcome.of(new Row(number, place, row));
    }

    private static Outcome<Row> rejected(Place place, List<String> fields, String reason, String text) {
        return Outcome.rejected(place, new RowProblem(reason, text), String.join(",", fields));
    }

    /** The next record, or null at the end. */
    private CsvRecord nextRecord() {
        try {
            CsvRecord record = records.hasNext() ? records.next() : null;
            watch.refuseOpenQuote(file);
            return record;
        } catch (CsvParseException | UncheckedIOException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof UserError told) {
                    throw told;
                }
                if (cause instanceof IOException trouble && !(e instanceof CsvParseException)) {
                    throw Utf8Reader.unreadable(file, trouble);
                }
            }
            throw UserError.of(say("%s cannot be read as CSV near line %d: a field of more than %d characters; a quote "
                    + "was probably opened there and never closed. Close it, double the quotes within a text, or split "
                    + "the row", file, watch.openedOn(), Row.LARGEST), e);
        }
    }

    @Override public void close() throws IOException { records.close(); }
}
