package io.weft.settings;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.Spelling;
import io.weft.problem.Translatable;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * The values that a setting takes: reads and bounds them, and names them in messages, in the schema and in the
 * documentation.
 */
public interface Values {
    /** Completes "expected …". */
    Translatable expected();

    /**
     * The value that a text stands for: an Integer, a Long, a Double, a Boolean, a String, an enum's constant, a List
     * of String or Integer, or a Map. Empty when it is none of these values.
     */
    Optional<Object> parse(String text);

    /** The same for a node. */
    default Optional<Object> read(Node node) {
        return node instanceof Node.Scalar scalar && !scalar.missing() ? parse(scalar.text()) : Optional.empty();
    }

    /**
     * A value of {@link #parse} as YAML and JSON write it: a number, a truth, a text, a list of these or a map to them.
     *
     * @param value null for what is unset
     */
    default Object written(Object value) { return value; }

    /** Adds the JSON schema of these values. */
    void describeIn(ObjectNode schema);

    /** A guess at what a wrong value was meant to be, to put behind the message. */
    default String hint(Node found) { return ""; }

    /** What a wrong value is called in messages: itself, unless it may be a secret. */
    default String found(Node found) { return found.described(); }

    /** The name of an environment variable, in capitals. A key that was put there by mistake is not repeated. */
    record Variable() implements Values {
        private static final Pattern NAME = Pattern.compile("[A-Z_][A-Z0-9_]{0,99}");

        @Override public Translatable expected() {
            return text("the name of an environment variable in capitals, such as OPENAI_API_KEY");
        }

        @Override public Optional<Object> parse(String text) {
            return NAME.matcher(text).matches() ? Optional.of(text) : Optional.empty();
        }

        @Override public String found(Node found) { return say("something else"); }

        @Override public void describeIn(ObjectNode schema) {
            schema.put("type", "string").put("pattern", "^" + NAME + "$");
        }
    }

    /** Whole numbers that fit an int. */
    record WholeNumber(int least, int most) implements Values {
        /** No count in a recipe is larger. */
        private static final int MANY = 1_000_000_000;
        private static final Pattern DIGITS = Pattern.compile("[-+]?(0|[1-9][0-9]{0,18})");

        /** Counts from this one up. */
        public static WholeNumber from(int least) { return new WholeNumber(least, MANY); }

        @Override public Translatable expected() {
            return least == most ? text("%s", least) : text("a whole number from %d to %d", least, most);
        }

        @Override public Optional<Object> parse(String text) { return whole(text, least, most).map(Math::toIntExact); }

        @Override public void describeIn(ObjectNode schema) {
            schema.put("type", "integer").put("minimum", least).put("maximum", most);
        }

        /** Zeros in front, which YAML 1.1 takes for octal, are refused. */
        public static Optional<Long> whole(String text, long least, long most) {
            try {
                return DIGITS.matcher(text).matches()
                        ? Optional.of(Long.parseLong(text)).filter(value -> least <= value && value <= most)
                        : Optional.empty();
            } catch (NumberFormatException e) { // 19 digits may be more than a long holds
                return Optional.empty();
            }
        }
    }

    /** A seed of random numbers: what numpy, and so every Python peer, accepts. */
    record Seed() implements Values {
        private static final long MOST = 0xFFFF_FFFFL;

        @Override public Translatable expected() { return text("a whole number from %d to %d", 0, MOST); }

        @Override public Optional<Object> parse(String text) {
            return WholeNumber.whole(text, 0, MOST).map(value -> value);
        }

        @Override public void describeIn(ObjectNode schema) {
            schema.put("type", "integer").put("minimum", 0).put("maximum", MOST);
        }
    }

    /**
     * Numbers between two bounds.
     *
     * @param open whether the bounds themselves are left out: "above" the lower one, "below" the upper one
     */
    record Number(double lower, boolean lowerOpen, double upper, boolean upperOpen) implements Values {
        private static final Pattern DECIMAL = Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?");

        @Override public Translatable expected() {
            String lowest = YamlText.of(lower), highest = YamlText.of(upper);
            if (lowerOpen) {
                return upperOpen ? text("a number above %s to below %s", lowest, highest)
                        : text("a number above %s and up to %s", lowest, highest);
            }
            return upperOpen ? text("a number from %s to below %s", lowest, highest)
                    : text("a number from %s to %s", lowest, highest);
        }

        @Override public Optional<Object> parse(String text) {
            return decimal(text).filter(this::holds).map(value -> value);
        }

        private boolean holds(double value) {
            return (lowerOpen ? value > lower : value >= lower) && (upperOpen ? value < upper : value <= upper);
        }

        @Override public void describeIn(ObjectNode schema) {
            schema.put("type", "number").put(lowerOpen ? "exclusiveMinimum" : "minimum", lower)
                    .put(upperOpen ? "exclusiveMaximum" : "maximum", upper);
        }

        public static Optional<Double> decimal(String text) {
            return DECIMAL.matcher(text).matches() ? Optional.of(Double.valueOf(text)) : Optional.empty();
        }
    }

    /** true or false. YAML 1.1's yes, no, on and off are refused, for they are words in YAML 1.2. */
    record Flag() implements Values {
        @Override public Translatable expected() { return text("true or false"); }

        @Override public Optional<Object> parse(String text) {
            return switch (text) {
                case "true", "True", "TRUE" -> Optional.of(true);
                case "false", "False", "FALSE" -> Optional.of(false);
                default -> Optional.empty();
            };
        }

        @Override public void describeIn(ObjectNode schema) { schema.put("type", "boolean"); }
    }

    /**
     * One of several words.
     *
     * @param values what each stands for, in the order in which they are told; asked for when they are needed, since
     *     some are names of what other jars bring
     */
    record OneOf(Supplier<Map<String, Object>> values) implements Values {
        /** Says that Weft chooses. */
        public static final String AUTO = "auto";

        /** The constants of an enum. */
        public static <E extends Enum<E> & Word> OneOf of(Class<E> type) {
            Map<String, Object> values = new LinkedHashMap<>();
            for (E constant : type.getEnumConstants()) {
                values.put(constant.word(), constant);
            }
            return new OneOf(() -> values);
        }

        /** Names, which stand for themselves. */
        public static OneOf names(Supplier<List<String>> names) {
            return new OneOf(() -> {
                Map<String, Object> values = new LinkedHashMap<>();
                names.get().forEach(name -> values.put(name, name));
                return values;
            });
        }

        /** These words and "auto", for a component that is an {@link Optional}: empty when Weft is to choose. */
        public OneOf orAuto() {
            return new OneOf(() -> {
                Map<String, Object> all = new LinkedHashMap<>(Map.of(AUTO, Optional.empty()));
                values.get().forEach((word, value) -> all.put(word, Optional.of(value)));
                return all;
            });
        }

        /** In the order in which they are told. */
        public List<String> words() { return List.copyOf(values.get().keySet()); }

        @Override public Translatable expected() { return text("one of %s", words()); }

        @Override public Optional<Object> parse(String text) { return Optional.ofNullable(values.get().get(text)); }

        @Override public Object written(Object value) {
            if (value instanceof String) {
                return value;
            }
            Object boxed = values.get().containsValue(Optional.empty()) ? Optional.ofNullable(value) : value;
            return values.get().entrySet().stream().filter(entry -> entry.getValue().equals(boxed))
                    .map(Map.Entry::getKey).findFirst().orElse(value == null ? null : value.toString());
        }

        @Override public String hint(Node found) {
            return found instanceof Node.Scalar scalar
                    ? Spelling.nearest(scalar.text(), words()).map(word -> say("; did you mean %s?", word)).orElse("")
                    : "";
        }

        @Override public void describeIn(ObjectNode schema) {
            words().forEach(schema.put("type", "string").putArray("enum")::add);
        }
    }

    /** A text of a form. */
    record Matching(Pattern form, Translatable expected) implements Values {
        @Override public Optional<Object> parse(String text) {
            return form.matcher(text).matches() ? Optional.of(text) : Optional.empty();
        }

        @Override public void describeIn(ObjectNode schema) {
            schema.put("type", "string").put("pattern", "^(" + form + ")$");
        }
    }

    /** A date and a time of the day, as ISO 8601 writes them, without a zone. */
    record DateTime() implements Values {
        @Override public Translatable expected() { return text("a date and time such as 2026-01-31T12:00:00"); }

        @Override public Optional<Object> parse(String text) {
            try {
                return Optional.of(LocalDateTime.parse(text.strip().replace(' ', 'T')));
            } catch (DateTimeParseException e) {
                return Optional.empty();
            }
        }

        /** With seconds, also where they are 0. */
        @Override public Object written(Object value) {
            return value == null ? null : DateTimeFormatter.ISO_LOCAL_DATE_TIME.format((LocalDateTime) value);
        }

        @Override public void describeIn(ObjectNode schema) { schema.put("type", "string").put("format", "date-time"); }
    }

    /** The path of a file or folder. Numbers and truths are texts here: a folder may be called 2024. */
    record File(Translatable expected) implements Values {
        @Override public Optional<Object> parse(String text) {
            return text.isBlank() ? Optional.empty() : Optional.of(text);
        }

        @Override public void describeIn(ObjectNode schema) { schema.put("type", "string").put("minLength", 1); }
    }

    /** A share of the rows, a number of rows, or the path of a file that holds them. Kept as text. */
    record HeldOutRows() implements Values {
        private static final Pattern COUNT = Pattern.compile("[0-9]{1,9}");
        private static final Pattern LIKE_A_NUMBER = Pattern.compile("[-+]?[0-9.]+([eE][-+]?[0-9]+)?%?");

        @Override public Translatable expected() {
            return text("a share such as 0.1 (below 1), a number of rows such as 32, or a file");
        }

        @Override public Optional<Object> parse(String text) {
            boolean share = Number.decimal(text).filter(number -> number >= 0 && number < 1).isPresent();
            boolean file = !text.isBlank() && !LIKE_A_NUMBER.matcher(text).matches();
            return share || file || COUNT.matcher(text).matches() ? Optional.of(text) : Optional.empty();
        }

        @Override public void describeIn(ObjectNode schema) {
            var either = schema.putArray("anyOf");
            either.addObject().put("type", "number").put("minimum", 0).put("exclusiveMaximum", 1);
            either.addObject().put("type", "integer").put("minimum", 0).put("maximum", 999_999_999);
            either.addObject().put("type", "string").put("minLength", 1);
        }
    }

    /**
     * A list of names, at least one; also written {@code a,b} or {@code [a,b]} in one text, as on the command line.
     *
     * @param mayBeEmpty   whether there may be none
     * @param mayBePattern whether one regular expression may stand in place of names
     */
    record Names(Translatable expected, boolean mayBeEmpty, boolean mayBePattern) implements Values {
        /** Of these no name of a layer is made. */
        private static final Pattern OF_A_PATTERN = Pattern.compile("[\\\\*+?|^$(){}\\[\\]]");

        public Names(Translatable expected) { this(expected, false, false); }

        /** The same, or none. */
        public Names orNone() { return new Names(expected, true, mayBePattern); }

        /** The same, or a regular expression, which is a list of one. */
        public Names orPattern() { return new Names(expected, mayBeEmpty, true); }

        /** Whether a list of names is one regular expression. */
        public static boolean isPattern(List<String> names) {
            return names.size() == 1 && OF_A_PATTERN.matcher(names.get(0)).find();
        }

        @Override public Optional<Object> parse(String text) {
            boolean list = text.startsWith("[") && text.endsWith("]");
            if (mayBePattern && !list && isPattern(List.of(text))) {
                return names(List.of(text));
            }
            String inner = list ? text.substring(1, text.length() - 1) : text;
            return inner.isBlank() ? names(List.of()) : names(List.of(inner.split(",", -1)));
        }

        @Override public Optional<Object> read(Node node) {
            if (!(node instanceof Node.Sequence sequence)) {
                return Values.super.read(node);
            }
            List<String> texts = new ArrayList<>();
            for (Node item : sequence.items()) {
                texts.add(item instanceof Node.Scalar scalar && !scalar.missing() ? scalar.text() : "");
            }
            return names(texts);
        }

        private Optional<Object> names(List<String> texts) {
            List<String> names = texts.stream().map(String::strip).toList();
            boolean pattern = mayBePattern && isPattern(names);
            return names.isEmpty() && !mayBeEmpty || names.contains("") || pattern && !isWellFormed(names.get(0))
                    || mayBePattern && !pattern && names.stream().anyMatch(name -> isPattern(List.of(name)))
                    ? Optional.empty() : Optional.of(names);
        }

        private static boolean isWellFormed(String pattern) {
            try {
                Pattern.compile(pattern);
                return true;
            } catch (PatternSyntaxException e) {
                return false;
            }
        }

        @Override public void describeIn(ObjectNode schema) {
            var either = schema.putArray("anyOf");
            either.addObject().put("type", "array").put("minItems", mayBeEmpty ? 0 : 1).putObject("items")
                    .put("type", "string").put("minLength", 1);
            either.addObject().put("type", "string").put("minLength", 1);
        }
    }

    /** A list of whole numbers, perhaps empty; also written {@code 0,1} or {@code [0,1]} in one text. */
    record WholeNumbers(int least, int most) implements Values {
        @Override public Translatable expected() { return text("a list of whole numbers from %d to %d", least, most); }

        @Override public Optional<Object> parse(String text) {
            boolean list = text.startsWith("[") && text.endsWith("]");
            String inner = list ? text.substring(1, text.length() - 1) : text;
            return numbers(inner.isBlank() ? List.of() : List.of(inner.split(",", -1)));
        }

        @Override public Optional<Object> read(Node node) {
            return node instanceof Node.Sequence sequence ? numbers(sequence.items().stream()
                    .map(item -> item instanceof Node.Scalar scalar && !scalar.missing() ? scalar.text() : "").toList())
                    : Values.super.read(node);
        }

        private Optional<Object> numbers(List<String> texts) {
            List<Integer> numbers = new ArrayList<>();
            texts.forEach(text -> WholeNumber.whole(text.strip(), least, most)
                    .ifPresent(number -> numbers.add(Math.toIntExact(number))));
            return numbers.size() == texts.size() ? Optional.of(numbers) : Optional.empty();
        }

        @Override public void describeIn(ObjectNode schema) {
            var either = schema.putArray("anyOf");
            ObjectNode items = either.addObject().put("type", "array").putObject("items");
            new WholeNumber(least, most).describeIn(items);
            either.addObject().put("type", "string");
        }
    }

    /**
     * Numbers by name, perhaps none: a group in a file, {@code a:4,b:8} or {@code {a: 4, b: 8}} in one text. Kept
     * sorted
     * by name.
     *
     * @param number what each is
     */
    record NumbersByName(Translatable expected, Values number) implements Values {
        @Override public Optional<Object> parse(String text) {
            boolean group = text.startsWith("{") && text.endsWith("}");
            String inner = group ? text.substring(1, text.length() - 1) : text;
            Map<String, String> texts = new LinkedHashMap<>();
            for (String one : inner.isBlank() ? new String[0] : inner.split(",", -1)) {
                int colon = one.lastIndexOf(':');
                if (colon < 1 || texts.put(one.substring(0, colon).strip(), one.substring(colon + 1).strip()) != null) {
                    return Optional.empty();
                }
            }
            return numbers(texts);
        }

        @Override public Optional<Object> read(Node node) {
            if (!(node instanceof Node.Mapping group)) {
                return Values.super.read(node);
            }
            Map<String, String> texts = new LinkedHashMap<>();
            group.entries().forEach((name, value) ->
                    texts.put(name, value instanceof Node.Scalar scalar && !scalar.missing() ? scalar.text() : ""));
            return numbers(texts);
        }

        private Optional<Object> numbers(Map<String, String> texts) {
            Map<String, Object> numbers = new TreeMap<>();
            texts.forEach((name, text) -> number.parse(text).ifPresent(value -> numbers.put(name, value)));
            return numbers.size() == texts.size() && !numbers.containsKey("") ? Optional.of(numbers) : Optional.empty();
        }

        @Override public void describeIn(ObjectNode schema) {
            var either = schema.putArray("anyOf");
            number.describeIn(either.addObject().put("type", "object").putObject("additionalProperties"));
            either.addObject().put("type", "string");
        }
    }
}
