package io.weft.tune;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.problem.Problems;
import io.weft.settings.Word;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import static io.weft.problem.Language.say;

/**
 * PEFT's adapter_config.json on its way into a record. What is wrong in it is gathered, each by its key; a key that
 * says something and that nobody asked for is told.
 */
public final class PeftConfig {
    /** Keys of every method that change nothing of what an adapter computes. */
    private static final Set<String> EVERY_METHODS = Set.of(
            "base_model_name_or_path", "revision",   // which base: whoever opens the adapter asks for them
            "peft_type",                             // found the method
            "peft_version",                          // who wrote the file
            "auto_mapping",                          // the class that PEFT wraps
            "inference_mode");                       // whether PEFT trains it
    private final JsonNode keys;
    private final Problems problems;
    private final Set<String> asked = new HashSet<>(EVERY_METHODS);

    PeftConfig(JsonNode keys, Problems problems) {
        this.keys = keys;
        this.problems = problems;
    }

    private JsonNode value(String key) {
        asked.add(key);
        return keys.path(key);
    }

    /** @return the least, and a problem, where the value is none */
    public int wholeNumber(String key, int least) {
        JsonNode value = value(key);
        if (!value.isInt() || value.asInt() < least) {
            problems.add(say("\"%s\" is %s; expected a whole number from %d up", key, value, least));
            return least;
        }
        return value.asInt();
    }

    /** @return 0, and a problem, where the value is none */
    public double number(String key) {
        JsonNode value = value(key);
        if (!value.isNumber()) {
            problems.add(say("\"%s\" is %s; expected a number", key, value));
        }
        return value.asDouble(0);
    }

    /** A number that may be missing. */
    public double number(String key, double standard) { return value(key).asDouble(standard); }

    /** A text that may be missing. */
    public String text(String key, String standard) { return value(key).asText(standard); }

    /** One of several words, which may be missing. A problem where it is another. */
    public <E extends Enum<E> & Word> E word(String key, Class<E> type, E standard) {
        Optional<E> named = Word.named(type, text(key, standard.word()));
        if (named.isEmpty()) {
            problems.add(say("\"%s\" is %s; expected one of %s", key, value(key),
                    Arrays.stream(type.getEnumConstants()).map(Word::word).toList()));
        }
        return named.orElse(standard);
    }

    /** A problem unless a list of names, which may be missing, holds just these. */
    public void requireNames(String key, List<String> expected) {
        if (isSet(value(key)) && !new HashSet<>(names(key)).equals(new HashSet<>(expected))) {
            problems.add(say("\"%s\" is %s; expected %s", key, value(key), expected));
        }
    }

    /** Several whole numbers, or a single one; empty where there is none. */
    public List<Integer> wholeNumbers(String key) {
        List<Integer> numbers = new ArrayList<>();
        JsonNode named = value(key);
        (named.isArray() ? named : isSet(named) ? List.of(named) : List.<JsonNode>of()).forEach(number -> {
            if (number.isInt()) {
                numbers.add(number.asInt());
            } else {
                problems.add(say("\"%s\" is %s; expected whole numbers", key, named));
            }
        });
        return numbers;
    }

    /** Numbers by name, or by regular expression; empty where there is none. */
    public Map<String, Double> numbersByName(String key) {
        Map<String, Double> numbers = new TreeMap<>();
        JsonNode group = value(key);
        group.properties().forEach(entry -> {
            if (entry.getValue().isNumber() && entry.getValue().asDouble() > 0 && isPattern(entry.getKey())) {
                numbers.put(entry.getKey(), entry.getValue().asDouble());
            } else {
                problems.add(say("\"%s\" is %s; expected numbers above 0 by name", key, group));
            }
        });
        return numbers;
    }

    private static boolean isPattern(String key) {
        try {
            Pattern.compile(key);
            return true;
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    /** One of several words; the standard where it is missing. A problem where it is another. */
    public <T> T oneOf(String key, Map<String, T> words, T standard) {
        JsonNode word = value(key);
        if (isSet(word) && !words.containsKey(word.asText())) {
            problems.add(say("\"%s\" is %s; expected one of %s", key, word, new TreeSet<>(words.keySet())));
        }
        return words.getOrDefault(word.asText(), standard);
    }

    /** A list of names, or a single one; empty where there is none. */
    public List<String> names(String key) {
        List<String> names = new ArrayList<>();
        JsonNode named = value(key);
        (named.isTextual() && isSet(named) ? List.of(named) : named.isArray() ? named : List.<JsonNode>of())
                .forEach(name -> names.add(name.asText()));
        return names;
    }

    /** Whether a key is true. A problem where it is no yes or no. */
    public boolean isTrue(String key) {
        JsonNode value = value(key);
        if (isSet(value) && !value.isBoolean()) {
            problems.add(say("\"%s\" is %s; expected true or false", key, value));
        }
        return value.asBoolean();
    }

    /** Says that these keys change nothing of what this method computes, or are asked for elsewhere. */
    public void passOver(Set<String> harmless) { asked.addAll(harmless); }

    /** Refuses keys that change what is computed. @param harmless values as JSON under which each changes nothing */
    public void refuseUnless(Map<String, List<String>> harmless) {
        new TreeMap<>(harmless).forEach((key, allowed) -> refuseUnless(key, allowed, ""));
    }

    /** The same of one key. @param advice what to do, "" where there is nothing */
    public void refuseUnless(String key, List<String> harmless, String advice) {
        JsonNode value = value(key);
        if (!value.isMissingNode() && !value.isNull() && !harmless.contains(value.toString())) {
            String what = say("\"%s\" is %s, which Weft does not support yet", key, value);
            problems.add(advice.isEmpty() ? what : what + "; " + advice);
        }
    }

    /** Whether the method asked for a key. */
    boolean isAsked(String key) { return asked.contains(key); }

    /** What is set in the file and was not asked for, key by key. */
    List<String> unknown() {
        List<String> unknown = new ArrayList<>();
        keys.properties().forEach(entry -> {
            if (isSet(entry.getValue()) && !asked.contains(entry.getKey())) {
                unknown.add(say("\"%s\" is %s, which Weft does not know and passes over; if it changes what the "
                        + "adapter computes, the answers are not its author's", entry.getKey(), entry.getValue()));
            }
        });
        return unknown;
    }

    /** Whether a value says anything: it is not null, false or empty. */
    private static boolean isSet(JsonNode value) {
        return !value.isMissingNode() && !value.isNull() && !value.toString().equals("false")
                && !(value.isContainerNode() && value.isEmpty()) && !(value.isTextual() && value.asText().isEmpty());
    }
}
