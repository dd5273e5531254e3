package io.weft.data.read;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.weft.file.JsonProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a file that begins with a brace lays out its rows, told from its beginning: an object a line, objects that spread
 * over lines, or one object around the list of rows.
 *
 * @param byLine whether each line is a row
 * @param list   key of the list that holds the rows, in the one object of the file
 */
record JsonShape(boolean byLine, Optional<String> list) {
    private static final JsonShape LINES = new JsonShape(true, Optional.empty()),
            SPREAD = new JsonShape(false, Optional.empty());
    /** What people call the list of their rows, where a long line alone does not tell it from a row's own list. */
    private static final Set<String> USUAL = Set.of("data", "rows", "train", "training", "test", "validation",
            "examples", "instances", "items", "records", "samples", "dataset", "entries");
    /** Fields of turns and of parts of a message: a list of such is a row's own. */
    private static final Set<String> OF_A_ROW = Set.of("role", "content", "from", "value", "type", "function",
            "speaker", "utterance");

    /** Beside any of these a list is one row's documents, and the object is a row. */
    private static final Set<String> TEXTS = Set.of("instruction", "input", "output", "prompt", "completion", "text",
            "question", "answer", "query", "response", "system", "label");

    /** @param head the beginning of the file, behind white space  @param whole whether that is all of it */
    static JsonShape of(String head, boolean whole) {
        List<String> lines = head.lines().filter(line -> !line.isBlank()).limit(3).toList();
        String first = lines.get(0);
        boolean ended = lines.size() > 1 || whole;
        if (ended && isWholeObject(first)) {
            return lines.size() > 1 ? LINES : listed(first, false).orElse(LINES);
        }
        if (!ended) {   // one long line: a row, or all of the rows
            return listed(first, true).orElse(LINES);
        }
        int broken = brokenOn(head, whole);
        boolean severalRows = broken == 1 || broken > 1 && lines.size() > 1 && isWholeObject(lines.get(1));
        return severalRows ? LINES : listed(head, false).orElse(SPREAD);
    }

    /**
     * True for one object of columns, which is how pandas' {@code to_json} and {@code to_dict} turn a table into JSON
     * unless told otherwise: {@code {"output": {"0": …}}}, {@code {"output": ["…"]}}, {@code {"0": {"output": …}}}.
     */
    static boolean isTableOfColumns(String head) {
        try (JsonParser parser = JsonRow.JSON.createParser(head)) {
            if (parser.nextToken() != JsonToken.START_OBJECT || parser.nextToken() != JsonToken.FIELD_NAME) {
                return false;
            }
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            JsonToken first = parser.nextToken();
            return value == JsonToken.START_OBJECT && first == JsonToken.FIELD_NAME
                    && (name.equals("0") || parser.currentName().equals("0"))
                    || value == JsonToken.START_ARRAY && (TEXTS.contains(name) || name.equals("columns"))
                    && first == JsonToken.VALUE_STRING;
        } catch (JsonProcessingException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isWholeObject(String line) {
        try (JsonParser parser = JsonRow.JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (JsonProcessingException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Line on which the first value is broken; 0 when it is not, or goes on behind what was read. */
    private static int brokenOn(String head, boolean whole) {
        try (JsonParser parser = JsonRow.JSON.createParser(head)) {
            parser.nextToken();
            parser.skipChildren();
            return parser.currentLocation().getLineNr() == 1 ? 1 : 0;   // it ended, and more follows on its line
        } catch (JsonProcessingException e) {
            return JsonProblem.endsEarly(e) && !whole ? 0 : JsonProblem.line(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The list of objects that comes first in the object, unless they look like turns of a conversation. */
    private static Optional<JsonShape> listed(String head, boolean usualNameOnly) {
        try (JsonParser parser = JsonRow.JSON.createParser(head)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                if (TEXTS.contains(name)) {
                    return Optional.empty();
                }
                if (parser.nextToken() == JsonToken.START_ARRAY) {
                    boolean rows = parser.nextToken() == JsonToken.START_OBJECT
                            && parser.nextToken() == JsonToken.FIELD_NAME && !OF_A_ROW.contains(parser.currentName())
                            && (!usualNameOnly || USUAL.contains(name));
                    return rows ? Optional.of(new JsonShape(false, Optional.of(name))) : Optional.empty();
                }
                parser.skipChildren();
            }
            return Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
