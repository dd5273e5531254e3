package io.weft.data.prepare;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The lines of a file by number, read from the disk as they are asked for. Threads may share one. */
final class LineFile implements Closeable {
    private final Path path;
    private final long[] starts;
    private final int count;
    private final FileChannel channel;

    /** @param starts first byte of each line, and behind them the end of the last: {@code count + 1} or more */
    LineFile(Path path, long[] starts, int count) throws IOException {
        this.path = path;
        this.starts = starts;
        this.count = count;
        channel = FileChannel.open(path);
    }

    int count() { return count; }

    /** A line without its line feed. */
    byte[] line(int number) throws IOException {
        long start = starts[number];
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(starts[number + 1] - start) - 1);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, start + bytes.position()) < 0) {
                throw new IOException(path + " ended at " + (start + bytes.position()) + " within line " + number);
            }
        }
        return bytes.array();
    }

    @Override public void close() throws IOException { channel.close(); }
}
