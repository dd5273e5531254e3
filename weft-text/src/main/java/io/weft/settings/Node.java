package io.weft.settings;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * A recipe as it was written: texts in lists and mappings, each knowing where it stands. What a text means is decided
 * by the setting that it is given to.
 */
public sealed interface Node {
    /** Where the key stands that this was given to. */
    Origin origin();

    /** What was found, fit to print. */
    String described();

    /** The node that a file would give for a value that is written so: a list, a group or a single one. */
    static Node of(Object written) {
        if (written instanceof List<?> list) {
            return new Sequence(list.stream().map(Node::of).toList(), Origin.NOWHERE);
        }
        if (written instanceof Map<?, ?> map) {
            Mapping mapping = Mapping.empty(Origin.NOWHERE);
            map.forEach((name, value) -> mapping.entries().put(name.toString(), of(value)));
            return mapping;
        }
        return new Scalar(String.valueOf(written), written == null, Origin.NOWHERE);
    }

    /**
     * An empty group for a key with nothing behind it, and for {@code true}, which is how the command line names a
     * group: {@code tuning.full=true}. Anything else as it is.
     */
    default Node asGroup() { return this; }

    /** A single value. @param missing true for null and for a key with nothing behind it */
    record Scalar(String text, boolean missing, Origin origin) implements Node {
        /** Longer values are shown by their beginning. */
        private static final int SHOWN = 60;

        @Override public Node asGroup() {
            return missing || text.equals("true") ? Mapping.empty(origin) : this;
        }

        @Override public String described() {
            return missing ? say("nothing") : text.isBlank() ? "'" + text + "'" : shown(text);
        }

        /** A text from outside on its way to a terminal: short and without control characters. */
        public static String shown(String text) {
            String visible = text.replaceAll("\\p{Cntrl}", "�");
            return visible.codePointCount(0, visible.length()) <= SHOWN ? visible
                    : visible.substring(0, visible.offsetByCodePoints(0, SHOWN)) + "…";
        }
    }

    /** A list. */
    record Sequence(List<Node> items, Origin origin) implements Node {
        @Override public String described() {
            boolean flat = items.stream().allMatch(Scalar.class::isInstance);
            return flat ? Scalar.shown(items.stream().map(Node::described).collect(Collectors.joining(", ", "[", "]")))
                    : say("a list of lists or groups");
        }
    }

    /** Keys with values, in the order in which they were written. */
    record Mapping(Map<String, Node> entries, Origin origin) implements Node {
        public static Mapping empty(Origin origin) { return new Mapping(new LinkedHashMap<>(), origin); }

        @Override public String described() { return say("a group of settings"); }
    }
}
