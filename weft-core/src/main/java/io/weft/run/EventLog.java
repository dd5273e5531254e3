package io.weft.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.Set;
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
    private static final int VERSION = 1;
    private static final String FORMAT = "weft.events";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
            DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();
    private static final Map<String, Class<? extends RunEvent>> TYPES = Map.of("started", RunEvent.Started.class,
            "step", RunEvent.StepDone.class,
            "evaluated", RunEvent.Evaluated.class, "saved", RunEvent.Saved.class, "warned", RunEvent.Warned.class,
            "finished", RunEvent.Finished.class, "changed", RunEvent.Changed.class);
    private static final Map<Class<? extends RunEvent>, String> NAMES = TYPES.entrySet().stream()
            .collect(Collectors.toMap(Entry::getValue, Entry::getKey));

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
            log.append(header());
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
                AtomicFile.write(file, header() + "\n" + String.join("", remains.lines()));
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
        ObjectNode line = JSON.createObjectNode().put("type", NAMES.get(event.getClass()))
                .put("at", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
        append(line.setAll((ObjectNode) JSON.valueToTree(event)));
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

    private static ObjectNode header() { return JSON.createObjectNode().put("format", FORMAT).put("version", VERSION); }

    private void append(ObjectNode line) {
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
            events.add(event(lines[number - 1]).orElseThrow(() ->
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
        if (!isHeader(file, firstLine)) {
            throw UserError.of(
                    say("%s is not an event log: its first line should be {\"format\":\"%s\",\"version\":%d}",
                    file, FORMAT, VERSION));
        }
    }

    /** Whether a file with this first line is a log. @throws UserError when a newer Weft wrote it */
    static boolean isHeader(Path file, String firstLine) {
        int version;
        try {
            var header = JSON.readTree(firstLine);
            version = FORMAT.equals(header.path("format").asText()) ? header.path("version").asInt() : 0;
        } catch (JsonProcessingException e) {
            version = 0;
        }
        if (version > VERSION) {
            throw UserError.of(say("%s has format version %d, and this Weft reads up to %d; use a newer Weft", file,
                    version, VERSION));
        }
        return version == VERSION;
    }

    /** The event of a line, without its line break; nothing when it is none. */
    static Optional<Line> event(String line) {
        try {
            if (JSON.readTree(line) instanceof ObjectNode node && TYPES.containsKey(node.path("type").asText())) {
                String type = node.path("type").asText();
                Instant at = Instant.parse(node.path("at").asText());
                return Optional.of(new Line(at, JSON.treeToValue(whole(type, node.without(List.of("type", "at"))),
                        TYPES.get(type))));
            }
            return Optional.empty();
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /** With what a line may leave out, and an older log's warning, a sentence, as the kind that is one. */
    private static ObjectNode whole(String type, ObjectNode event) {
        if (Set.of("step", "evaluated").contains(type) && !event.has("metrics")) {
            event.putObject("metrics");
        }
        if (type.equals("finished") && !event.has("untouchedLoss")) {
            event.put("untouchedLoss", Double.NaN);
        }
        if (type.equals("warned") && event.has("message")) {
            event.putArray("arguments").add(event.remove("message"));
            event.put("kind", WarningText.SENTENCE);
        }
        return event;
    }
}
