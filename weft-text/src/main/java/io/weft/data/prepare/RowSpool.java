package io.weft.data.prepare;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.IntList;
import io.weft.data.Place;
import io.weft.data.Sample;
import io.weft.data.clean.Fingerprint;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The samples that were kept, on the disk as they will stand in a prepared file, to be copied in the order of the
 * split: in memory only some 30 bytes each.
 */
final class RowSpool implements Closeable {
    static final ObjectMapper JSON = new ObjectMapper();
    private final String source;
    private final DataFile file;
    private final IntList lines = new IntList(), numbers = new IntList(), written = new IntList();
    private long[] asked = new long[1 << 10], starts = new long[1 << 10];
    private RowColumns columns;
    private LineFile reading;

    /** @param source the user's file, for the places of the samples */
    RowSpool(String source, Path path) throws IOException {
        this.source = source;
        file = new DataFile(path);
    }

    void add(Sample sample) throws IOException {
        int number = count();
        if (number + 1 == starts.length) {
            starts = Arrays.copyOf(starts, 2 * starts.length);
            asked = Arrays.copyOf(asked, 2 * asked.length);
        }
        RowColumns own = RowColumns.of(sample);
        columns = columns == null ? own : columns.and(own);
        starts[number] = file.write(JSON.writeValueAsBytes(own.write(sample)));
        asked[number] = Fingerprint.ofAsked(sample);
        written.add(own.ordinal());
        lines.add(sample.place().line());
        numbers.add(sample.place().row());
    }

    int count() { return lines.size(); }

    /** The columns that hold every row. */
    RowColumns columns() { return columns; }

    /** What row {@code number} of those added, from 0, asks. */
    long asked(int number) { return asked[number]; }

    private Place place(int number) { return new Place(source, lines.get(number), numbers.get(number)); }

    /** Writes a row in the given columns, and where it stands. Nothing may be added afterwards. */
    void copy(int number, RowColumns wanted, DataFile to, DataFile places) throws IOException {
        if (reading == null) {
            file.flush();
            starts[count()] = file.bytes();
            reading = new LineFile(file.path(), starts, count());
        }
        byte[] line = reading.line(number);
        RowColumns own = RowColumns.values()[written.get(number)];
        to.write(own == wanted ? line : JSON.writeValueAsBytes(wanted.write(own.read(JSON.readTree(line),
                place(number)))));
        places.append(PlacesFile.bytes(place(number)));
    }

    @Override public void close() throws IOException {
        if (reading != null) {
            reading.close();
        }
        file.close();
        Files.deleteIfExists(file.path());
    }
}
