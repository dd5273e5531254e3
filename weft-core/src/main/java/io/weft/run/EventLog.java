package io.weft.run;

import io.weft.file.AtomicFile;
import io.weft.problem.UserError;
import io.weft.settings.Node;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

/**
 * A run's {@code events.jsonl}: the format and its version in the first line, then one event a line, each handed to the
 * system before the trainer goes on.
 * <pre>
 * {"format":"weft.events","version":1}
 * {"type":"step","at":"2026-01-31T12:00:00.123Z","step":1,"epoch":0.01,"loss":2.34,…}
 * </pre> Numbers that are not finite are the strings "NaN", "Infinity" and "-Infinity". A checkpoint keeps the log's
 * length of its moment ({@link #commit}); resuming cuts the log back to it ({@link LogRemains}), so that the log of a
 * run that was killed and resumed equals an uninterrupted run's, times ("at", "seconds") aside. For the same reason a
 * resumed run's {@code Started} is written down only where the first one was lost.
 */
public final class EventLog implements RunListener, Closeable {
    private final Path file;
    private final FileChannel channel;
    /** Whether the log has its {@code Started}. */
    private boolean begun;

    private EventLog(Path file, FileChannel channel, boolean begun) {
        this.file = file;
        this.channel = channel;
        this.begun = begun;
    }

    /** An event and the moment at which it was written down. */
    public record Line(Instant at, RunEvent event) {}

    /** Starts the log of a fresh run. @throws UserError when the file exists already or cannot be made */
    public static EventLog create(Path file) {
        try {
            var log = new EventLog(file, FileChannel.open(file, CREATE_NEW, WRITE), false);
            log.append(EventLine.HEADER);
            return log;
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }

    /**
     * Goes on with the log of an interrupted run. What was written after the checkpoint is cut off: those steps will be
     * done again. A log that is not whole is first moved aside, and what was left of it written anew.
     *
     * @throws UserError when the disk refuses
     */
    public static EventLog resume(LogRemains remains) {
        Path file = remains.file();
        try {
            if (remains.loss().isPresent()) {
                remains.moveAside();
                AtomicFile.write(file, EventLine.HEADER + "\n" + String.join("", remains.lines()));
            }
            FileChannel channel = FileChannel.open(file, READ, WRITE);
            long length = remains.loss().isPresent() ? channel.size() : remains.length();
            channel.truncate(length).position(length);
            return new EventLog(file, channel, remains.isBegun());
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }

    @Override public void on(RunEvent event) {
        if (event instanceof RunEvent.Started && begun) {
            return;
        }
        begun = true;
        append(EventLine.text(event, Instant.now().truncatedTo(ChronoUnit.MILLIS)));
    }

    /** Forces everything written so far to disk. @return the log's length in bytes, for a checkpoint to keep */
    public long commit() {
        try {
            channel.force(true);
            return channel.position();
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }

    @Override public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }

    private void append(String line) {
        try {
            AtomicFile.writeFully(channel, ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }

    /**
     * The events of a run, which may be going on; a last line that is still being written is left out.
     *
     * @throws UserError naming the line that cannot be understood
     */
    public static List<RunEvent> events(Path file) {
        return read(file).stream().map(Line::event).collect(Collectors.toList());
    }

    /** As {@link #events}, with the time of each. */
    public static List<Line> read(Path file) {
        String[] lines = text(file).split("\n", -1);
        checkFormat(file, lines[0]);
        List<Line> events = new ArrayList<>();
        // what follows the last line break is empty, or still being written
        for (int number = 2; number < lines.length; number++) {
            int at = number;
            events.add(EventLine.parse(lines[number - 1]).map(one -> new Line(one.at(), one.event())).orElseThrow(() ->
                    UserError.of(say("%s line %d is no event of a run: %s; restore the file, or let weft resume go on "
                    + "without what it held", file, at, Node.Scalar.shown(lines[at - 1])))));
        }
        return events;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw UserError.of(say("%s is missing; restore the file, or let weft resume go on without what it held",
                    file), e);
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }

    private static void checkFormat(Path file, String firstLine) {
        if (!EventLine.isHeader(file, firstLine)) {
            throw UserError.of(say("%s is not an event log: its first line should be %s", file, EventLine.HEADER));
        }
    }
}
