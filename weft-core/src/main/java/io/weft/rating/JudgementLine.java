package io.weft.rating;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.JsonFile;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A {@link Judgement} as a line of JSON:
 * <pre>
 * {"formatVersion":1,"at":"2026-01-31T12:00:00.123Z","rater":"Li","kind":"human","row":3,
 *  "shown":[["tuned"],["base"]],"answers":["5f1c…","90ab…"],"preference":"left"}
 * </pre> or, instead of the preference, {@code "scored":0,"score":4}. null in place of a value takes it back.
 */
final class JudgementLine {
    static final int VERSION = 1;
    private static final String PREFERENCE = "preference", SCORED = "scored", PASSES = "passes";

    private JudgementLine() {}

    static String text(Judgement judgement) {
        ObjectNode line = JsonFile.JSON.createObjectNode().put("formatVersion", VERSION)
                .put("at", judgement.at().toString()).put("rater", judgement.rater().name())
                .put("kind", judgement.rater().kind().word()).put("row", judgement.shown().row());
        var shown = line.putArray("shown");
        judgement.shown().models().forEach(models -> models.forEach(shown.addArray()::add));
        judgement.shown().answers().forEach(line.putArray("answers")::add);
        if (judgement.verdict() instanceof Verdict.Score score) {
            line.put(SCORED, score.position());
            score.value().ifPresentOrElse(value -> put(line, value), () -> line.putNull("score"));
        } else if (judgement.verdict() instanceof Verdict.Vote vote) {
            line.put(PREFERENCE, vote.preference().map(Preference::word).orElse(null));
            if (!vote.passes().isEmpty()) {
                vote.passes().forEach(pass -> line.withArray(PASSES).add(pass.word()));
            }
        }
        if (judgement.undo()) {
            line.put("undo", true);
        }
        return line.toString();
    }

    private static void put(ObjectNode line, double value) {
        if (value == Math.rint(value)) {
            line.put("score", (int) value);
        } else {
            line.put("score", value);
        }
    }

    /** The version of a line; 0 where it is no line of this file. */
    static int version(String text) {
        try {
            return JsonFile.JSON.readTree(text).path("formatVersion").asInt();
        } catch (JsonProcessingException e) {
            return 0;
        }
    }

    /** Nothing for a line that is damaged. */
    static Optional<Judgement> parse(String text) {
        try {
            JsonNode line = JsonFile.JSON.readTree(text);
            Rater.Kind kind = Rater.Kind.valueOf(line.path("kind").asText().toUpperCase(Locale.ROOT));
            List<List<String>> models = new ArrayList<>();
            line.path("shown").forEach(each -> models.add(texts(each)));
            Shown shown = new Shown(line.path("row").asInt(), models, texts(line.path("answers")));
            Verdict verdict = line.has(SCORED) ? score(line) : vote(line);
            Judgement judgement = new Judgement(new Rater(line.path("rater").asText(), kind), shown, verdict,
                    line.path("undo").asBoolean(), Instant.parse(line.path("at").asText()));
            return judgement.rater().name().isEmpty() || judgement.subject().isEmpty() ? Optional.empty()
                    : Optional.of(judgement);
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException
                | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static Verdict score(JsonNode line) {
        JsonNode value = line.path("score");
        if (!value.isNull() && !value.isNumber()) {
            throw new IllegalArgumentException("no score");
        }
        return new Verdict.Score(line.path(SCORED).asInt(), value.isNull() ? OptionalDouble.empty()
                : OptionalDouble.of(value.asDouble()));
    }

    private static Verdict vote(JsonNode line) {
        JsonNode value = line.path(PREFERENCE);
        List<Preference> passes = new ArrayList<>();
        line.path(PASSES).forEach(pass -> passes.add(preference(pass)));
        return new Verdict.Vote(value.isNull() ? Optional.empty() : Optional.of(preference(value)), passes);
    }

    private static Preference preference(JsonNode word) {
        return Preference.of(word.asText()).orElseThrow(() -> new IllegalArgumentException("no preference"));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
