package io.weft.tune;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.problem.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static io.weft.problem.Language.say;

/** PEFT's adapter_config.json on its way into a record. What is wrong in it is gathered, each by its key. */
public final class PeftConfig {
    private final JsonNode keys;
    private final Problems problems;

    PeftConfig(JsonNode keys, Problems problems) {
        this.keys = keys;
        this.problems = problems;
    }

    /** @return the least, and a problem, where the value is none */
    public int wholeNumber(String key, int least) {
        JsonNode value = keys.path(key);
        if (!value.isInt() || value.asInt() < least) {
            problems.add(say("\"%s\" is %s; expected a whole number from %d up", key, value, least));
            return least;
        }
        return value.asInt();
    }

    /** @return 0, and a problem, where the value is none */
    public double number(String key) {
        if (!keys.path(key).isNumber()) {
            problems.add(say("\"%s\" is %s; expected a number", key, keys.path(key)));
        }
        return keys.path(key).asDouble(0);
    }

    /** A number that may be missing. */
    public double number(String key, double standard) { return keys.path(key).asDouble(standard); }

    /** A list of names, empty where there is none. */
    public List<String> names(String key) {
        List<String> names = new ArrayList<>();
        JsonNode named = keys.path(key);
        (named.isArray() ? named : List.<JsonNode>of()).forEach(name -> names.add(name.asText()));
        return names;
    }

    /** Refuses keys that change what is computed. @param harmless values as JSON under which each changes nothing */
    public void refuseUnless(Map<String, List<String>> harmless) {
        new TreeMap<>(harmless).forEach((key, allowed) -> {
            JsonNode value = keys.path(key);
            if (!value.isMissingNode() && !value.isNull() && !allowed.contains(value.toString())) {
                problems.add(say("\"%s\" is %s, which Weft does not support yet", key, value));
            }
        });
    }
}
