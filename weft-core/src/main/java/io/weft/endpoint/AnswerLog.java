package io.weft.endpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.AtomicFile;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * Answers that were paid for, one a line, by the SHA-256 of what was asked: a job that broke off finds them again. Only
 * ever grows; each line is on the disk before its answer is used. One process at a time writes it. Safe for many
 * threads.
 */
public final class AnswerLog implements AutoCloseable {
    /** The layout written here; a newer one is refused. */
    public static final int FORMAT_VERSION = 1;
    private static final String VERSION = "formatVersion";
    private static final int PIECE = 1 << 16;
    private final Path file;
    private final FileChannel channel;
    private final FileLock lock;
    private final Map<String, Line> lines = new HashMap<>();
    private long end;

    /** Where a line stands. */
    private record Line(long start, int length) {}

    private AnswerLog(Path file, FileChannel channel, FileLock lock) {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * Opens a log, or begins one. A last line that was not finished when a process died is taken off.
     *
     * @throws UserError when it cannot be written, is in use, was written by a newer Weft, or has lines that are none
     */
    public static AnswerLog open(Path file) {
        try {
            if (file.toAbsolutePath().getParent() != null) {
                Files.createDirectories(file.toAbsolutePath().getParent());
            }
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            try {
                AnswerLog log = new AnswerLog(file, channel, lock(file, channel));
                log.read();
                return log;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }

    private static FileLock lock(Path file, FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException inThisProcess) {
            throw inUse(file, inThisProcess);
        }
        throw inUse(file, null);
    }

    private static UserError inUse(Path file, Throwable cause) {
        return UserError.of(say("%s is in use by another run of Weft; wait until that has ended", file), cause);
    }

    private void read() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        int number = 0;
        for (long at = 0; channel.read(piece.clear(), at) > 0; at += piece.position()) {
            for (int i = 0; i < piece.position(); i++) {
                byte b = piece.get(i);
                if (b != '\n') {
                    line.write(b);
                    continue;
                }
                take(line.toByteArray(), ++number);
                line.reset();
            }
        }
        channel.truncate(end);
        if (number == 0) {
            append(JsonFile.JSON.createObjectNode().put(VERSION, FORMAT_VERSION));
        }
    }

    private void take(byte[] line, int number) {
        try {
            JsonNode read = JsonFile.JSON.readTree(line);
            if (number == 1) {
                requireVersion(read.required(VERSION).asInt());
            } else {
                answer(read);
                lines.put(read.required("request").textValue(), new Line(end, line.length));
            }
            end += line.length + 1;
        } catch (IOException | IllegalArgumentException e) {
            throw UserError.of(say("%s line %d is no answer that Weft wrote; take the line out (it is asked for "
                    + "again), or name another file", file, number), e);
        }
    }

    private void requireVersion(int version) {
        if (version > FORMAT_VERSION) {
            throw UserError.of(say("%s has format version %d and this Weft reads up to %d; use a newer Weft, or name "
                    + "another file", file, version, FORMAT_VERSION));
        }
    }

    private static ChatAnswer answer(JsonNode line) {
        return new ChatAnswer(line.required("answer").textValue(), line.required("finish").textValue(),
                line.required("promptTokens").asInt(), line.required("completionTokens").asInt());
    }

    /** How many answers it holds. */
    public synchronized int size() { return lines.size(); }

    /**
     * The answer to a request. @param request 64 hexadecimal digits, or another name that stands for all that was asked
     */
    public synchronized Optional<ChatAnswer> find(String request) {
        Line line = lines.get(request);
        if (line == null) {
            return Optional.empty();
        }
        try {
            ByteBuffer bytes = ByteBuffer.allocate(line.length());
            while (bytes.hasRemaining() && channel.read(bytes, line.start() + bytes.position()) > 0) {
                continue;
            }
            return Optional.of(answer(JsonFile.JSON.readTree(bytes.array())));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw UserError.of(say("%s was changed while it was in use; run the same command again", file), e);
        } catch (IOException e) {
            throw UserError.of(say("%s: cannot be read (%s)", file, e.getMessage()), e);
        }
    }

    /** Writes an answer down; it is on the disk when this returns. @throws UserError when the disk takes no more */
    public synchronized void add(String request, ChatAnswer answer) {
        try {
            long start = end;
            int length = append(JsonFile.JSON.createObjectNode().put("request", request).put("answer", answer.text())
                    .put("finish", answer.finish()).put("promptTokens", answer.promptTokens())
                    .put("completionTokens", answer.completionTokens()));
            lines.put(request, new Line(start, length));
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }

    private int append(ObjectNode line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        channel.position(end);
        AtomicFile.writeFully(channel, ByteBuffer.wrap(bytes));
        channel.force(false);
        end += bytes.length;
        return bytes.length - 1;
    }

    @Override public synchronized void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }
}
