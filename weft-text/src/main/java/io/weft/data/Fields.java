package io.weft.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Language.say;

/** A strict view of one row: hands out its texts, and notes every problem and every oddity on the way, so that a row is judged once and whole. */
final class Fields {
    private final ObjectNode row;
    private final Set<String> used = new LinkedHashSet<>();
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> flags = new ArrayList<>();

    Fields(ObjectNode row) { this.row = row; }

    /** The text of a field that must be there and not be blank; "" when it is not, which is noted. */
    String required(String name) {
        if (!row.has(name)) {
            used.add(name);
            problems.add(Problem.missing(name, names()));
            return "";
        }
        String text = optional(name);
        if (row.get(name).isTextual() && PythonStrip.isBlank(text)) {
            problems.add(Problem.blank(name));
        }
        return text;
    }

    /** The text of a field that may be missing: then "". */
    String optional(String name) {
        JsonNode value = value(name);
        return value == null ? "" : text(name, value);
    }

    /** A field of any kind, or null when it is missing. */
    JsonNode value(String name) {
        used.add(name);
        return row.get(name);
    }

    /** The text of a value. @param name what to call it in a problem */
    String text(String name, JsonNode value) {
        if (!value.isTextual()) {
            problems.add(Problem.notText(name, JsonKind.of(value)));
            return "";
        }
        String text = value.textValue();
        if (OddCharacters.holdsLoneSurrogate(text)) {
            problems.add(Problem.brokenCharacter(name));
        }
        if (text.chars().anyMatch(OddCharacters::isControl)) {
            flags.add("control_characters:" + name);
        }
        return text;
    }

    /** Refuses a row that says more than is read here. @param english why, after "'name': " */
    void refuseIfGiven(String name, String english, String chinese) {
        JsonNode value = value(name);
        if (value != null && !value.isNull() && !(value.isTextual() && value.textValue().isEmpty()) && !(value.isContainerNode() && value.isEmpty())) {
            problems.add(Problem.unsupported(name, english, chinese));
        }
    }

    /** Refuses a row of preference data whose answer is marked false: learning it would teach what was found bad. */
    void refuseIfMarkedBad(String name) {
        if (row.path(name).isBoolean()) {
            used.add(name);
            if (!row.get(name).booleanValue()) {
                problems.add(new Problem("marked_bad:" + name, say("'%s' is false: the answer is marked as bad and is not learned", "'%s' 为 false:该回答被标为差,不予学习", name)));
            }
        }
    }

    void add(Problem problem) { problems.add(problem); }

    List<Problem> problems() { return problems; }

    /** Oddities of a row that is kept. */
    List<String> flags() { return flags; }

    /** Names of the fields that were not asked for. */
    List<String> unused() {
        List<String> names = new ArrayList<>();
        row.fieldNames().forEachRemaining(name -> {
            if (!used.contains(name)) {
                names.add(name);
            }
        });
        return names;
    }

    private String names() {
        List<String> names = new ArrayList<>();
        row.fieldNames().forEachRemaining(names::add);
        return names.isEmpty() ? say("no fields", "没有字段") : Excerpt.of(names);
    }
}
