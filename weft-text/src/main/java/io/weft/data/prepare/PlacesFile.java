package io.weft.data.prepare;

import io.weft.data.Place;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the rows of a prepared file stand in the user's: {@code train.jsonl.places}, eight bytes a row, line and row
 * number of a {@link Place}, and before them, where there are several files, the number of the file. Beside the rows
 * and not in them, since every reader of the rows takes their columns.
 * Threads may share one.
 */
final class PlacesFile implements Closeable {
    private final List<String> sources;
    private final FileChannel channel;

    private PlacesFile(List<String> sources, FileChannel channel) {
        this.sources = sources;
        this.channel = channel;
    }

    /** The file beside the rows' own. */
    static Path beside(Path rows) { return rows.resolveSibling(rows.getFileName() + ".places"); }

    private static int bytes(List<String> sources) { return sources.size() > 1 ? 3 * Integer.BYTES : 2
            * Integer.BYTES; }

    static byte[] bytes(Place place, List<String> sources) {
        ByteBuffer bytes = ByteBuffer.allocate(bytes(sources));
        if (sources.size() > 1) {
            bytes.putInt(sources.indexOf(place.file()));
        }
        return bytes.putInt(place.line()).putInt(place.row()).array();
    }

    /**
     * Places by number; where a folder has none, in the prepared file itself.
     *
     * @param rows    the prepared file  @param count its rows
     * @param sources the user's files, as the user named them
     */
    static PlacesFile open(Path rows, int count, List<String> sources) throws IOException {
        Path file = beside(rows);
        boolean whole = Files.isRegularFile(file) && Files.size(file) == (long) bytes(sources) * count;
        return whole ? new PlacesFile(sources, FileChannel.open(file)) : new PlacesFile(List.of(rows.toString()), null);
    }

    Place place(int number) throws IOException {
        if (channel == null) {
            return new Place(sources.get(0), number + 1);
        }
        ByteBuffer bytes = ByteBuffer.allocate(bytes(sources));
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, (long) bytes.capacity() * number + bytes.position()) < 0) {
                throw new IOException("the places ended at row " + number);
            }
        }
        bytes.flip();
        String file = sources.get(sources.size() > 1 ? bytes.getInt() : 0);
        return new Place(file, bytes.getInt(), bytes.getInt());
    }

    @Override public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
