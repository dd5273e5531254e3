package io.weft.data.prepare;

import io.weft.data.Place;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the rows of a prepared file stand in the user's: {@code train.jsonl.places}, eight bytes a row, line and row
 * number of a {@link Place}. Beside the rows and not in them, since every reader of the rows takes their columns.
 * Threads may share one.
 */
final class PlacesFile implements Closeable {
    private static final int BYTES = 8;
    private final String source;
    private final FileChannel channel;

    private PlacesFile(String source, FileChannel channel) {
        this.source = source;
        this.channel = channel;
    }

    /** The file beside the rows' own. */
    static Path beside(Path rows) { return rows.resolveSibling(rows.getFileName() + ".places"); }

    static byte[] bytes(Place place) {
        return ByteBuffer.allocate(BYTES).putInt(place.line()).putInt(place.row()).array();
    }

    /**
     * Places by number; where a folder has none, in the prepared file itself.
     *
     * @param rows   the prepared file  @param count its rows  @param source the user's file, as the user named it
     */
    static PlacesFile open(Path rows, int count, String source) throws IOException {
        Path file = beside(rows);
        boolean whole = Files.isRegularFile(file) && Files.size(file) == (long) BYTES * count;
        return whole ? new PlacesFile(source, FileChannel.open(file)) : new PlacesFile(rows.toString(), null);
    }

    Place place(int number) throws IOException {
        if (channel == null) {
            return new Place(source, number + 1);
        }
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, (long) BYTES * number + bytes.position()) < 0) {
                throw new IOException("the places ended at row " + number);
            }
        }
        return new Place(source, bytes.getInt(0), bytes.getInt(Integer.BYTES));
    }

    @Override public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
