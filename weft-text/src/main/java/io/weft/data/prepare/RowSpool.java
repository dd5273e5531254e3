package io.weft.data.prepare;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.IntList;
import io.weft.data.Place;
import io.weft.data.Sample;
import io.weft.data.clean.Fingerprint;
import io.weft.data.clean.Kept;
import io.weft.data.clean.PlaceList;
import io.weft.data.mend.RowGroups;
import io.weft.problem.UserError;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * The samples that were kept, on the disk as they will stand in a prepared file, to be mended and then copied in the
 * order of the split: in memory only some 30 bytes each. A changed row is written behind the others. Threads may share
 * one for reading.
 */
final class RowSpool implements Closeable {
    static final ObjectMapper JSON = new ObjectMapper();
    private final List<String> sources;
    private final DataFile file;
    private final PlaceList places = new PlaceList();
    private final IntList written = new IntList(), lengths = new IntList();
    private final Map<String, RowGroups> groups = new TreeMap<>();
    private final BitSet dropped = new BitSet(), settled = new BitSet();
    private long[] asked = new long[1 << 10], starts = new long[1 << 10];
    private RowColumns columns;
    private FileChannel reading;
    private boolean flushed;

    /**
     * @param sources the user's files, from which the rows are
     * @param grouped what rows are grouped by, see {@link RowGroups}
     */
    RowSpool(List<String> sources, Path path, Set<String> grouped) throws IOException {
        this.sources = sources;
        file = new DataFile(path);
        grouped.forEach(by -> groups.put(by, new RowGroups(by)));
    }

    void add(Kept kept) throws IOException {
        append(kept.sample());
        groups.values().forEach(each -> each.add(kept));
    }

    /** Adds a row that was made from another, at whose place it stands. @return its number */
    int add(Sample made, int from) throws IOException {
        append(made);
        groups.values().forEach(each -> each.add(made, from));
        return count() - 1;
    }

    private void append(Sample sample) throws IOException {
        int number = count();
        if (number == starts.length) {
            starts = Arrays.copyOf(starts, 2 * starts.length);
            asked = Arrays.copyOf(asked, 2 * asked.length);
        }
        lengths.add(0);
        written.add(0);
        places.add(sample.place());
        write(number, sample);
    }

    private void write(int number, Sample sample) throws IOException {
        RowColumns own = RowColumns.of(sample);
        if (columns != null && columns.kind() != own.kind()) {
            throw UserError.of(say("data.train: %s is one of the %s, and %s of the %s; one run learns from one kind of "
                    + "rows, so leave a file out, or set data.format", places.get(0), Sample.plural(columns.kind()),
                    sample.place(), Sample.plural(own.kind())));
        }
        columns = columns == null ? own : columns.and(own);
        byte[] line = JSON.writeValueAsBytes(own.write(sample));
        starts[number] = file.write(line);
        lengths.set(number, line.length);
        asked[number] = Fingerprint.ofAsked(sample);
        written.set(number, own.ordinal());
        flushed = false;
    }

    /** Rows with a number, those that were dropped too. */
    int count() { return places.size(); }

    boolean holds(int number) { return !dropped.get(number); }

    void drop(int number) { dropped.set(number); }

    /** A person lets the row stand. */
    void settle(int number) { settled.set(number); }

    boolean isSettled(int number) { return settled.get(number); }

    /** The numbers of the rows that are still there. */
    int[] left() { return IntStream.range(0, count()).filter(this::holds).toArray(); }

    void change(int number, Sample to) throws IOException {
        write(number, to);
        groups.values().forEach(each -> each.change(number, to));
    }

    /** The columns that hold every row. */
    RowColumns columns() { return columns; }

    /** What rows are grouped by that was asked for. */
    RowGroups groups(String by) { return groups.get(by); }

    /** What row {@code number} of those added, from 0, asks. */
    long asked(int number) { return asked[number]; }

    Place place(int number) { return places.get(number); }

    Sample sample(int number) throws IOException { return sample(number, line(number)); }

    private Sample sample(int number, byte[] line) throws IOException {
        return RowColumns.values()[written.get(number)].read(JSON.readTree(line), place(number));
    }

    /** Writes a row in the given columns, and where it stands. */
    void copy(int number, RowColumns wanted, DataFile to, DataFile placed) throws IOException {
        byte[] line = line(number);
        RowColumns own = RowColumns.values()[written.get(number)];
        to.write(own == wanted ? line : JSON.writeValueAsBytes(wanted.write(sample(number, line))));
        placed.append(PlacesFile.bytes(place(number), sources));
    }

    private synchronized FileChannel opened() throws IOException {
        if (!flushed) {
            file.flush();
            flushed = true;
        }
        if (reading == null) {
            reading = FileChannel.open(file.path());
        }
        return reading;
    }

    private byte[] line(int number) throws IOException {
        FileChannel from = opened();
        ByteBuffer bytes = ByteBuffer.allocate(lengths.get(number));
        while (bytes.hasRemaining()) {
            if (from.read(bytes, starts[number] + bytes.position()) < 0) {
                throw new IOException(file.path() + " ended within row " + number);
            }
        }
        return bytes.array();
    }

    @Override public void close() throws IOException {
        if (reading != null) {
            reading.close();
        }
        file.close();
        Files.deleteIfExists(file.path());
    }
}
