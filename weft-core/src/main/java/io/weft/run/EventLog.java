package io.weft.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.AtomicFile;
import io.weft.problem.UserError;
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
 * length of its moment ({@link #commit}); resuming cuts the log back to it ({@link #resume}), so that the log of a run
 * that was killed and resumed equals an uninterrupted run's, times ("at", "seconds") aside. For the same reason a
 * resumed run's {@code Started} is not written down a second time.
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
            "finished", RunEvent.Finished.class);
    private static final Map<Class<? extends RunEvent>, String> NAMES = TYPES.entrySet().stream()
            .collect(Collectors.toMap(Entry::getValue, Entry::getKey));

    private final Path file;
    private final FileChannel channel;

    private EventLog(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** An event and the moment at which it was written down. */
    public record Line(Instant at, RunEvent event) {}

    /** Starts the log of a fresh run. @throws UserError when the file exists already or cannot be made */
    public static EventLog create(Path file) {
        try {
            var log = new EventLog(file, FileChannel.open(file, CREATE_NEW, WRITE));
            log.append(JSON.createObjectNode().put("format", FORMAT).put("version", VERSION));
            return log;
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }

    /**
     * Goes on with the log of an interrupted run. What was written after a checkpoint is cut off: those steps will be
     * done again.
     * @param length bytes that {@link #commit} answered when the checkpoint was made
     * @throws UserError when the log is shorter than that, or was not written by this program
     */
    public static EventLog resume(Path file, long length) {
        read(file);
        try {
            FileChannel channel = FileChannel.open(file, READ, WRITE);
            if (length < 1 || channel.size() < length || !endsLine(channel, length)) {
                channel.close();
                throw UserError.of(say("%s does not hold the %d bytes that it had when the checkpoint was made (it "
                        + "has %d now); restore the file, or start a new run", file, length, Files.size(file)));
            }
            channel.truncate(length).position(length);
            return new EventLog(file, channel);
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }

    private static boolean endsLine(FileChannel channel, long length) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        channel.read(last, length - 1);
        return last.get(0) == '\n';
    }

    @Override public void on(RunEvent event) {
        if (event instanceof RunEvent.Started started && started.resumed()) {
            return;
        }
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
            try {
                events.add(parse(lines[number - 1]));
            } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
                throw UserError.of(say("%s line %d is not an event (%s); restore the file, or start a new run", file,
                        number, e.getMessage().lines().findFirst().orElse("")), e);
            }
        }
        return events;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw UserError.of(say("%s is missing; restore the file, or start a new run", file), e);
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }

    private static void checkFormat(Path file, String firstLine) {
        int version;
        try {
            var header = JSON.readTree(firstLine);
            version = FORMAT.equals(header.path("format").asText()) ? header.path("version").asInt() : 0;
        } catch (JsonProcessingException e) {
            version = 0;
        }
        if (version < 1) {
            throw UserError.of(
                    say("%s is not an event log: its first line should be {\"format\":\"%s\",\"version\":%d}",
                    file, FORMAT, VERSION));
        }
        if (version > VERSION) {
            throw UserError.of(say("%s has format version %d, and this Weft reads up to %d; use a newer Weft", file,
                    version, VERSION));
        }
    }

    private static Line parse(String line) throws JsonProcessingException {
        if (!(JSON.readTree(line) instanceof ObjectNode node)) {
            throw new IllegalArgumentException("no JSON object");
        }
        String type = node.path("type").asText();
        if (!TYPES.containsKey(type)) {
            throw new IllegalArgumentException("type '" + type + "'");
        }
        Instant at = Instant.parse(node.path("at").asText());
        return new Line(at, JSON.treeToValue(whole(type, node.without(List.of("type", "at"))), TYPES.get(type)));
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
