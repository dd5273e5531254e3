package io.weft.data.prepare;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.Place;
import io.weft.data.Sample;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The samples that were kept, on the disk, to be read again in the order of the split: in memory only a few
 * bytes each.
 */
final class RowSpool implements Closeable {
    static final ObjectMapper JSON = new ObjectMapper();
    private final String source;
    private final DataFile file;
    private long[] starts = new long[1 << 10];
    private int[] lines = new int[1 << 10];
    private byte[] written = new byte[1 << 10];
    private int count;
    private long end;
    private RowColumns columns;
    private FileChannel reading;

    /** @param source the user's file, for the places of the samples */
    RowSpool(String source, Path path) throws IOException {
        this.source = source;
        file = new DataFile(path);
    }

    void add(Sample sample) throws IOException {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            lines = Arrays.copyOf(lines, 2 * count);
            written = Arrays.copyOf(written, 2 * count);
        }
        RowColumns own = RowColumns.of(sample);
        columns = columns == null ? own : columns.and(own);
        starts[count] = file.write(JSON.writeValueAsString(own.write(sample)));
        written[count] = (byte) own.ordinal();
        lines[count++] = sample.place().line();
    }

    int count() { return count; }

    /** The columns that hold every row. */
    RowColumns columns() { return columns; }

    /** Row {@code number} of those added, from 0. Nothing may be added afterwards. */
    Sample get(int number) throws IOException {
        if (reading == null) {
            file.flush();
            reading = FileChannel.open(file.path());
            end = reading.size();
        }
        long start = starts[number], stop = number + 1 < count ? starts[number + 1] : end;
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(stop - start));
        while (bytes.hasRemaining()) {
            if (reading.read(bytes, start + bytes.position()) < 0) {
                throw new IOException(file.path() + " ended at " + (start + bytes.position()) + ", expected " + stop);
            }
        }
        return RowColumns.values()[written[number]].read(JSON.readTree(bytes.array()),
                new Place(source, lines[number]));
    }

    @Override public void close() throws IOException {
        if (reading != null) {
            reading.close();
        }
        file.close();
        Files.deleteIfExists(file.path());
    }
}
