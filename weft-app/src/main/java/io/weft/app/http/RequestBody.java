package io.weft.app.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.weft.file.JsonProblem;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import static io.weft.problem.Language.say;

/**
 * The JSON object that a client sent; every reading checks kind and bounds and names the parameter. A parameter that is
 * null counts as not given.
 */
public final class RequestBody {
    private static final int LARGE = 1 << 16;
    private static final Object LARGE_ONES = new Object();
    private static final int DEEPEST = 200, LONGEST_NUMBER = 100;
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder().streamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(DEEPEST).maxNumberLength(LONGEST_NUMBER).build()).build())
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final int LONGEST_QUOTE = 60;
    private final JsonNode root;
    private final Set<String> asked = new TreeSet<>();

    private RequestBody(JsonNode root) { this.root = root; }

    /** One that is read already. */
    public static RequestBody of(ObjectNode root) { return new RequestBody(root); }

    /** The names that were looked for so far. */
    public Set<String> asked() { return new TreeSet<>(asked); }

    /** The names of what is here and not among these, short enough to send back. */
    public List<String> beside(Set<String> known) {
        List<String> names = new ArrayList<>();
        root.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                names.add(quote(name));
            }
        });
        return names;
    }

    private JsonNode path(String name) {
        asked.add(name);
        return root.path(name);
    }

    /** @throws Refusal when it is too large, not declared as JSON, not JSON or no object */
    public static RequestBody read(Context context, int maxBytes) throws IOException {
        // A page of another site can send forms and plain text to this server without asking, but not this type.
        if (!String.valueOf(context.contentType()).toLowerCase(Locale.ROOT).matches("application/json\\s*(;.*)?")) {
            throw Refusal.request(415, "unsupported_media_type", null,
                    say("send JSON with the header Content-Type: application/json"));
        }
        byte[] bytes = bytes(context, maxBytes);
        if (bytes.length < LARGE) {
            return new RequestBody(parse(bytes));
        }
        // many at once would take the cores, and memory for each, from all others
        synchronized (LARGE_ONES) {
            return new RequestBody(parse(bytes));
        }
    }

    /** The server has read the body already, within a bound of its own, see {@link Gate}. */
    private static byte[] bytes(Context context, int maxBytes) throws IOException {
        byte[] bytes = context.req().getInputStream().readNBytes(maxBytes + 1);
        if (bytes.length > maxBytes) {
            throw Refusal.request(413, "body_too_large", null, say("the body is larger than %,d bytes", maxBytes));
        }
        return bytes;
    }

    private static JsonNode parse(byte[] bytes) throws IOException {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            JsonNode root = JSON.readTree(text);
            if (!root.isObject()) {
                throw Refusal.request(null, say("the body is not a JSON object"));
            }
            if (text.contains("\\u")) { // in UTF-8 itself there is none
                requireCharacters("", root);
            }
            return root;
        } catch (CharacterCodingException e) {
            throw Refusal.request(null, say("the body is not UTF-8"));
        } catch (JsonProcessingException e) {
            throw Refusal.request(null, say("the body is not valid JSON: line %d, column %d: %s",
                    JsonProblem.line(e), JsonProblem.column(e), quote(JsonProblem.of(e))));
        }
    }

    /** @throws Refusal naming the first text that holds half of a surrogate pair: it is no character, and no UTF-8 */
    private static void requireCharacters(String place, JsonNode node) {
        if (node.isTextual() && isBroken(node.asText())) {
            throw Refusal.request(quote(place), say("'%s' holds half of a surrogate pair (\\ud800 to \\udfff), which "
                    + "is no character; send both halves or the character itself", quote(place)));
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            requireCharacters(place + '[' + i + ']', node.get(i));
        }
        // in names the parser itself takes none
        node.properties().forEach(field -> requireCharacters(place.isEmpty() ? field.getKey()
                : place + '.' + field.getKey(), field.getValue()));
    }

    private static boolean isBroken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isHighSurrogate(text.charAt(i)) && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** @throws Refusal when a parameter has another name */
    public void allowOnly(Set<String> names) {
        root.fieldNames().forEachRemaining(name -> {
            if (!names.contains(name)) {
                throw Refusal.request(400, "unknown_parameter", quote(name),
                        say("'%s' is not a parameter here; there are %s", quote(name),
                        String.join(", ", new TreeSet<>(names))));
            }
        });
    }

    public boolean has(String name) { return !path(name).isNull() && !path(name).isMissingNode(); }

    public JsonNode get(String name) { return path(name); }

    public String text(String name) {
        if (!path(name).isTextual()) {
            throw wrong(name, path(name), say("a text"));
        }
        return path(name).asText();
    }

    public int integer(String name, int least, int most, int otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        JsonNode value = path(name);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < least || value.asInt() > most) {
            throw wrong(name, value, say("a whole number from %d to %d", least, most));
        }
        return value.asInt();
    }

    /** As {@link #integer}; what is larger than the most counts as that. */
    public int integerCut(String name, int least, int most, int otherwise) {
        JsonNode value = path(name);
        boolean large = value.isIntegralNumber() && value.bigIntegerValue().compareTo(BigInteger.valueOf(most)) > 0;
        if (has(name) && !large && (!value.canConvertToInt() || !value.isIntegralNumber() || value.asInt() < least)) {
            throw wrong(name, value, say("a whole number from %d up", least));
        }
        return large ? most : integer(name, least, most, otherwise);
    }

    public Optional<Long> wholeNumber(String name) {
        if (has(name) && !(path(name).isIntegralNumber() && path(name).canConvertToLong())) {
            throw wrong(name, path(name), say("a whole number of at most 64 bits"));
        }
        return has(name) ? Optional.of(path(name).asLong()) : Optional.empty();
    }

    public double number(String name, double least, double most, double otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        JsonNode value = path(name);
        if (!value.isNumber() || !(value.asDouble() >= least && value.asDouble() <= most)) {
            throw wrong(name, value, say("a number from %s to %s", least, most));
        }
        return value.asDouble();
    }

    public boolean flag(String name, boolean otherwise) {
        if (has(name) && !path(name).isBoolean()) {
            throw wrong(name, path(name), say("true or false"));
        }
        return has(name) ? path(name).asBoolean() : otherwise;
    }

    /** A text, or a list of them; none when not given. */
    public List<String> texts(String name, int most, int longest) {
        if (!has(name)) {
            return List.of();
        }
        JsonNode value = path(name);
        List<String> texts = new ArrayList<>();
        for (JsonNode item : value.isArray() ? value : List.of(value)) {
            if (!item.isTextual() || item.asText().isEmpty() || item.asText().length() > longest) {
                throw wrong(name, item, say("texts of 1 to %d characters", longest));
            }
            texts.add(item.asText());
        }
        if (texts.size() > most) {
            throw Refusal.request(name, say("%s: %d texts; at most %d", name, texts.size(), most));
        }
        return texts;
    }

    public static Refusal wrong(String name, JsonNode found, String expected) {
        return found.isMissingNode() || found.isNull()
                ? Refusal.request(400, "missing_parameter", name, say("'%s' is missing; expected %s", name, expected))
                : Refusal.request(name, say("'%s' is %s; expected %s", name, quote(found.toString()), expected));
    }

    /** What a client sent, short enough to send back. */
    private static String quote(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= LONGEST_QUOTE ? line : line.substring(0, LONGEST_QUOTE) + "…";
    }
}
