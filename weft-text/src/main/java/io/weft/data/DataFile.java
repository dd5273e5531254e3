package io.weft.data;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Writes a file of lines in UTF-8 while counting them and taking its SHA-256; it is on the disk when {@link #finish} returns. */
final class DataFile implements Closeable {
    private final Path path;
    private final FileChannel channel;
    private final MessageDigest digest = Fingerprint.sha256();
    private final OutputStream out;
    private int lines;
    private long bytes;

    /** What a finished file is known by. @param lines lines in it  @param sha256 64 hexadecimal digits */
    record Seal(int lines, long bytes, String sha256) {
        static Seal of(Path file) throws IOException {
            MessageDigest digest = Fingerprint.sha256();
            long bytes = 0;
            int lines = 0;
            try (InputStream in = Files.newInputStream(file)) {
                byte[] buffer = new byte[1 << 16];
                for (int read; (read = in.read(buffer)) > 0; bytes += read) {
                    digest.update(buffer, 0, read);
                    for (int i = 0; i < read; i++) {
                        lines += buffer[i] == '\n' ? 1 : 0;
                    }
                }
            }
            return new Seal(lines, bytes, HexFormat.of().formatHex(digest.digest()));
        }
    }

    DataFile(Path path) throws IOException {
        this.path = path;
        channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        out = new BufferedOutputStream(new DigestOutputStream(Channels.newOutputStream(channel), digest), 1 << 16);
    }

    /** @return the line's first byte in the file */
    long write(String line) throws IOException {
        long start = bytes;
        byte[] encoded = line.getBytes(StandardCharsets.UTF_8);
        out.write(encoded);
        out.write('\n');
        bytes += encoded.length + 1;
        lines++;
        return start;
    }

    Path path() { return path; }

    int lines() { return lines; }

    void flush() throws IOException { out.flush(); }

    Seal finish() throws IOException {
        out.flush();
        channel.force(true);
        channel.close();
        return new Seal(lines, bytes, HexFormat.of().formatHex(digest.digest()));
    }

    /** Without {@link #finish}, leaves a file that nobody will read. */
    @Override public void close() throws IOException { channel.close(); }

    /** Writes a whole small file. */
    static Seal write(Path path, String text) throws IOException {
        try (var file = new DataFile(path)) {
            file.write(text);
            return file.finish();
        }
    }

    /** Makes the names in a folder outlast a power cut; a system that cannot open folders has no need of it. */
    static void syncFolder(Path folder) throws IOException {
        if (!System.getProperty("os.name").startsWith("Windows")) {
            try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
