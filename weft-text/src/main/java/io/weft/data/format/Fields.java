package io.weft.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Excerpt;
import io.weft.data.OddCharacters;
import io.weft.data.read.JsonKind;
import io.weft.data.read.RowProblem;
import io.weft.jinja.PythonSpace;
import io.weft.problem.Spelling;
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
    private static final int LONGEST_SCALE = 40;
    private static final Set<String> MARKS = Set.of("true", "false", "True", "False", "TRUE", "FALSE");
    /** What Python writes for a value that is missing; as a text it is learned, and seldom meant. */
    private static final Set<String> MISSING = Set.of("NaN", "nan", "None", "null", "NULL", "<NA>");
    private final ObjectNode row;
    private final Set<String> used = new LinkedHashSet<>();
    private final List<RowProblem> problems = new ArrayList<>();
    private final Set<String> flags = new LinkedHashSet<>();

    public Fields(ObjectNode row) { this.row = row; }

    /** All of it, for who looks without asking. */
    ObjectNode row() { return row; }

    /** The text of a field that must be there and not be blank; "" when it is not, which is noted. */
    public String required(String name) {
        JsonNode value = value(name);
        if (value == null) {
            problems.add(RowProblem.missing(name, names(), Spelling.nearest(name, unused())));
            return "";
        }
        String text = text(name, value);
        if (value.isTextual() && PythonSpace.isBlank(text)) {
            problems.add(RowProblem.blank(name));
        }
        if (value.isTextual() && MISSING.contains(text)) {
            flags.add("missing_as_text:" + name);
        }
        return text;
    }

    /** The text of a field that may be missing or empty: then "". */
    public String optional(String name) {
        JsonNode value = given(name);
        return value == null ? "" : text(name, value);
    }

    /** Whether the field says anything. */
    public boolean has(String name) { return !isAbsent(row.get(name)); }

    /** A field of any kind, null of JSON as well; or null when it is missing. */
    public JsonNode value(String name) {
        used.add(name);
        return row.get(name);
    }

    /** As {@link #value} of a field that may be missing: null also for a value that says nothing. */
    public JsonNode given(String name) {
        JsonNode value = value(name);
        if (value != null && JsonKind.isNoNumber(value)) {
            flags.add("nan_as_missing:" + name);
        }
        return isAbsent(value) ? null : value;
    }

    /**
     * Whether a value says as much as none: null, an empty list or object, and NaN, all of which Python's tools write
     * for a field that only other rows have.
     */
    public static boolean isAbsent(JsonNode value) {
        return value == null || value.isNull() || JsonKind.isNoNumber(value)
                || value.isContainerNode() && value.isEmpty();
    }

    /**
     * The text of a value. A number or a truth value is the text that stands in the file, as it is in a CSV; which is
     * noted.
     *
     * @param name what to call it in a problem
     */
    public String text(String name, JsonNode value) {
        if (value.isBoolean() || value.isNumber() && !JsonKind.isNoNumber(value)) {
            flags.add((value.isBoolean() ? "boolean_as_text:" : "number_as_text:") + name);
            return written(value);
        }
        if (!value.isTextual()) {
            problems.add(RowProblem.notText(name, JsonKind.of(value)));
            return "";
        }
        String text = value.textValue();
        if (OddCharacters.holdsLoneSurrogate(text)) {
            problems.add(RowProblem.brokenCharacter(name));
        }
        if (OddCharacters.holdsControl(text)) {
            flags.add("control_characters:" + name);
        }
        return text;
    }

    /** 5, 5.0, true; a number with an exponent in full where it is short. */
    private static String written(JsonNode value) {
        return !value.isBigDecimal() || Math.abs(value.decimalValue().scale()) > LONGEST_SCALE ? value.asText()
                : value.decimalValue().toPlainString();
    }

    /** Refuses a row that says more than is read here. @param why after "'name': " */
    public void refuseIfGiven(String name, Translatable why) {
        JsonNode value = given(name);
        if (value != null && !(value.isTextual() && Set.of("", "[]").contains(value.textValue()))) {
            problems.add(RowProblem.unsupported(name, why));
        }
    }

    /**
     * Refuses a row whose answer is marked false, where nobody has read the mark: learning it would teach what was
     * found bad.
     */
    public void refuseIfMarkedBad(String name) {
        JsonNode mark = row.path(name);
        boolean isMark = mark.isBoolean() || mark.isTextual() && MARKS.contains(mark.textValue());   // of a CSV
        if (!used.contains(name) && isMark) {
            used.add(name);
            if (!mark.asText().equalsIgnoreCase("true")) {
                problems.add(new RowProblem("marked_bad:" + name,
                        say("'%s' is false: the answer is marked as bad and is not learned", name)));
            }
        }
    }

    /** Notes what else is wrong with the row. */
    public void add(RowProblem problem) { problems.add(problem); }

    public List<RowProblem> problems() { return problems; }

    /** Oddities of a row that is kept. */
    public List<String> flags() { return List.copyOf(flags); }

    /** Names of the fields that were not asked for and say something. */
    public List<String> unused() {
        List<String> names = new ArrayList<>();
        row.fieldNames().forEachRemaining(name -> {
            if (!used.contains(name) && !isAbsent(row.get(name))) {
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
