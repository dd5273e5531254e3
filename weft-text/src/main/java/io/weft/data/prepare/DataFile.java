package io.weft.data.prepare;

import io.weft.file.Sha256;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/**
 * A file of lines in UTF-8 that grows row by row, counted and hashed on the way; on the disk when {@link #finish}
 * returns. Its folder becomes visible as a whole, so it needs no other name meanwhile.
 */
final class DataFile implements Closeable {
    private final Path path;
    private final FileChannel channel;
    private final MessageDigest digest = Sha256.digest();
    private final OutputStream out;
    private int lines;
    private long bytes;

    /** What a finished file is known by. @param lines lines in it  @param sha256 64 hexadecimal digits */
    record Seal(int lines, long bytes, String sha256) {}

    DataFile(Path path) throws IOException {
        this.path = path;
        channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        out = new BufferedOutputStream(new DigestOutputStream(Channels.newOutputStream(channel), digest), 1 << 16);
    }

    /** @param line in UTF-8, without its line feed  @return its first byte in the file */
    long write(byte[] line) throws IOException {
        long start = bytes;
        out.write(line);
        out.write('\n');
        bytes += line.length + 1;
        lines++;
        return start;
    }

    /** Bytes that are no line. */
    void append(byte[] raw) throws IOException {
        out.write(raw);
        bytes += raw.length;
    }

    /** Bytes written. */
    long bytes() { return bytes; }

    Path path() { return path; }

    void flush() throws IOException { out.flush(); }

    Seal finish() throws IOException {
        out.flush();
        channel.force(true);
        channel.close();
        return new Seal(lines, bytes, Sha256.hex(digest));
    }

    /** Without {@link #finish}, leaves a file that nobody will read. */
    @Override public void close() throws IOException { channel.close(); }
}
