package io.weft.file;

import io.weft.problem.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

import static io.weft.problem.Language.say;

/**
 * Writes a file so that its name only ever stands for the whole content: a temporary file beside it, fsync, rename,
 * fsync of the folder.
 */
public final class AtomicFile {
    private AtomicFile() {}

    /** What fills the file. */
    @FunctionalInterface
    public interface Body {
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * @throws UserError when the file cannot be written: the disk is full or the folder is read-only. The old content
     *     then still stands.
     */
    public static void write(Path file, Body body) {
        Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp-" + UUID.randomUUID());
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE)) {
                body.writeTo(channel);
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            sync(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw cannotWrite(file, e);
        } finally {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException ignored) {
                // The write's own error, if any, is the one to report.
            }
        }
    }

    public static void write(Path file, String text) { write(file, text.getBytes(StandardCharsets.UTF_8)); }

    public static void write(Path file, byte[] bytes) {
        write(file, channel -> writeFully(channel, ByteBuffer.wrap(bytes)));
    }

    /** Writes all of the buffer; a channel may take less at a time. */
    public static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /**
     * Makes the names in a folder durable. Folders cannot be opened on Windows, where renames are durable by
     * themselves.
     */
    public static void sync(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (java.nio.file.AccessDeniedException windows) {
            // See above.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the user is told when a file could not be written. */
    public static UserError cannotWrite(Path file, IOException e) {
        return UserError.of(say("%s cannot be written (%s); free some space or choose another folder", file, reason(e)),
                e);
    }

    private static String reason(IOException e) {
        return e.getClass() == IOException.class || e.getMessage() == null ? String.valueOf(e.getMessage())
                : e.getClass().getSimpleName().replace("Exception", "");
    }
}
