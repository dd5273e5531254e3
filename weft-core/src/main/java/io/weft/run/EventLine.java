package io.weft.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.UserError;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/** A line of {@link EventLog}: an event as JSON, and the moment at which it was written down. */
record EventLine(Instant at, RunEvent event) {
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
    /** The first line of a log: its format and version. */
    static final String HEADER = JSON.createObjectNode().put("format", FORMAT).put("version", VERSION).toString();

    /** The line without its line break. */
    static String text(RunEvent event, Instant at) {
        ObjectNode line = JSON.createObjectNode().put("type", NAMES.get(event.getClass())).put("at", at.toString());
        return line.setAll((ObjectNode) JSON.valueToTree(event)).toString();
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
    static Optional<EventLine> parse(String line) {
        try {
            if (JSON.readTree(line) instanceof ObjectNode node && TYPES.containsKey(node.path("type").asText())) {
                String type = node.path("type").asText();
                Instant at = Instant.parse(node.path("at").asText());
                return Optional.of(new EventLine(at, JSON.treeToValue(whole(type, node.without(List.of("type", "at"))),
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
        if (type.equals("evaluated") && !event.has("standardError")) {
            event.put("standardError", Double.NaN);
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
