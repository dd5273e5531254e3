package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * Weights and config.json that do not fit: what is missing, of another shape or has no place, each with the keys of
 * config.json that decide about it. Which keys these are is found by asking the family again under other values of each
 * key, so that no family has to say it.
 */
final class WeightMismatches {
    private final Map<String, long[]> asked = new LinkedHashMap<>(), found = new LinkedHashMap<>();

    /** A weight that is asked for. @param found its shape in the files, null when it is in none */
    void add(String name, long[] asked, long[] found) {
        this.asked.put(name, asked);
        this.found.put(name, found);
    }

    /**
     * @param unread weights that are in the files and have no place
     * @param shapes of all weights that the family asks for under a config
     * @throws UserError naming every misfit, when there is one
     */
    void throwIfAny(String subject, HfConfig config, Collection<String> unread,
            Function<HfConfig, Map<String, long[]>> shapes) {
        if (asked.isEmpty() && unread.isEmpty()) {
            return;
        }
        Problems problems = new Problems(subject);
        Map<String, List<Map<String, long[]>>> others = shapesUnderOtherValues(config, shapes);
        asked.forEach((name, wanted) -> {
            long[] stored = found.get(name);
            if (stored == null) {
                problems.add(say("%s %s is missing%s", name, Arrays.toString(wanted),
                        keys(config, others, other -> !other.containsKey(name))));
            } else {
                problems.add(say("%s has shape %s; config.json asks for %s%s", name, Arrays.toString(stored),
                        Arrays.toString(wanted),
                        keys(config, others, other -> other.containsKey(name)
                        && changesWhatDiffers(wanted, stored, other.get(name)))));
            }
        });
        for (String name : unread) {
            problems.add(say("%s is in the file, but %s has no place for it%s", name, config.modelType(),
                    keys(config, others, other -> other.containsKey(name))));
        }
        problems.throwIfAny();
    }

    private static boolean changesWhatDiffers(long[] wanted, long[] stored, long[] other) {
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i] != other[i] && (stored.length != wanted.length || stored[i] != wanted[i])) {
                return true;
            }
        }
        return false;
    }

    /**
     * Those keys under whose other values the test holds, e.g. {@code (its "ffn_hidden_size" is 96)}; empty when there
     * is none.
     */
    private static String keys(HfConfig config,
            Map<String, List<Map<String, long[]>>> others, Predicate<Map<String, long[]>> test) {
        String keys = others.entrySet().stream().filter(entry -> entry.getValue().stream().anyMatch(test))
                .map(entry -> '"' + entry.getKey() + "\": " + config.json().path(entry.getKey()))
                .collect(Collectors.joining(", "));
        return keys.isEmpty() ? "" : " (" + keys + ")";
    }

    /**
     * Each number and flag of config.json with the shapes that the family asks for when it is another: doubled or
     * halved, or flipped.
     */
    private static Map<String, List<Map<String, long[]>>> shapesUnderOtherValues(HfConfig config,
            Function<HfConfig, Map<String, long[]>> shapes) {
        Map<String, List<Map<String, long[]>>> others = new LinkedHashMap<>();
        config.json().properties().forEach(entry -> otherValues(entry.getValue()).forEach(value -> {
            try {
                others.computeIfAbsent(entry.getKey(), key -> new ArrayList<>())
                        .add(shapes.apply(config.with(entry.getKey(), value)));
            } catch (UserError e) {
                // no such model: says nothing about the key
            }
        }));
        return others;
    }

    private static List<JsonNode> otherValues(JsonNode value) {
        if (value.isBoolean()) {
            return List.of(BooleanNode.valueOf(!value.asBoolean()));
        }
        return value.isInt() && value.asInt() > 0
                ? List.of(LongNode.valueOf(2L * value.asInt()), IntNode.valueOf(value.asInt() / 2)) : List.of();
    }
}
