package io.weft.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Excerpt;
import io.weft.data.OddCharacters;
import io.weft.data.read.JsonKind;
import io.weft.data.read.RowProblem;
import io.weft.jinja.PythonSpace;
import io.weft.problem.Translatable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * A strict view of one row: hands out its texts, and notes every problem and every oddity on the way, so that a row is
 * judged once and whole.
 */
public final class Fields {
    private final ObjectNode row;
    private final Set<String> used = new LinkedHashSet<>();
    private final List<RowProblem> problems = new ArrayList<>();
    private final List<String> flags = new ArrayList<>();

    public Fields(ObjectNode row) { this.row = row; }

    /** The text of a field that must be there and not be blank; "" when it is not, which is noted. */
    public String required(String name) {
        if (!row.has(name)) {
            used.add(name);
            problems.add(RowProblem.missing(name, names()));
            return "";
        }
        String text = optional(name);
        if (row.get(name).isTextual() && PythonSpace.isBlank(text)) {
            problems.add(RowProblem.blank(name));
        }
        return text;
    }

    /** The text of a field that may be missing: then "". */
    public String optional(String name) {
        JsonNode value = value(name);
        return value == null ? "" : text(name, value);
    }

    public boolean has(String name) { return row.has(name); }

    /** A field of any kind, or null when it is missing. */
    public JsonNode value(String name) {
        used.add(name);
        return row.get(name);
    }

    /** The text of a value. @param name what to call it in a problem */
    public String text(String name, JsonNode value) {
        if (!value.isTextual()) {
            problems.add(RowProblem.notText(name, JsonKind.of(value)));
            return "";
        }
        String text = value.textValue();
        if (OddCharacters.holdsLoneSurrogate(text)) {
            problems.add(RowProblem.brokenCharacter(name));
        }
        if (text.chars().anyMatch(OddCharacters::isControl)) {
            flags.add("control_characters:" + name);
        }
        return text;
    }

    /** Refuses a row that says more than is read here. @param why after "'name': " */
    public void refuseIfGiven(String name, Translatable why) {
        JsonNode value = value(name);
        boolean emptyText = value != null && value.isTextual() && Set.of("", "[]").contains(value.textValue());
        if (value != null && !value.isNull() && !emptyText
                && !(value.isContainerNode() && value.isEmpty())) {
            problems.add(RowProblem.unsupported(name, why));
        }
    }

    /**
     * Refuses a row whose answer is marked false, where nobody has read the mark: learning it would teach what was
     * found bad.
     */
    public void refuseIfMarkedBad(String name) {
        if (!used.contains(name) && row.path(name).isBoolean()) {
            used.add(name);
            if (!row.get(name).booleanValue()) {
                problems.add(new RowProblem("marked_bad:" + name,
                        say("'%s' is false: the answer is marked as bad and is not learned", name)));
            }
        }
    }

    /** Notes what else is wrong with the row. */
    public void add(RowProblem problem) { problems.add(problem); }

    public List<RowProblem> problems() { return problems; }

    /** Oddities of a row that is kept. */
    public List<String> flags() { return flags; }

    /** Names of the fields that were not asked for. */
    public List<String> unused() {
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
        return names.isEmpty() ? say("no fields") : Excerpt.of(names);
    }
}
