package io.weft.model;

import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
     * @throws UserError naming every misfit, when there is one
     */
    void throwIfAny(String subject, HfConfig config, Collection<String> unread) {
        if (asked.isEmpty() && unread.isEmpty()) {
            return;
        }
        Problems problems = new Problems(subject);
        Map<String, List<Map<String, long[]>>> others = shapesUnderOtherValues(config);
        asked.forEach((name, wanted) -> {
            long[] stored = found.get(name);
            if (stored == null) {
                problems.add(say("%s %s is missing%s", name, Arrays.toString(wanted),
                        keys(config, others, shapes -> !shapes.containsKey(name))));
            } else {
                problems.add(say("%s has shape %s; config.json asks for %s%s", name, Arrays.toString(stored),
                        Arrays.toString(wanted),
                        keys(config, others, shapes -> shapes.containsKey(name)
                        && changesWhatDiffers(wanted, stored, shapes.get(name)))));
            }
        });
        for (String name : unread) {
            problems.add(say("%s is in the file, but %s has no place for it%s", name, config.modelType(),
                    keys(config, others, shapes -> shapes.containsKey(name))));
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
                .map(entry -> '"' + entry.getKey() + "\": " + config.raw(entry.getKey()))
                .collect(Collectors.joining(", "));
        return keys.isEmpty() ? "" : " (" + keys + ")";
    }

    /**
     * Each number and flag of config.json with the shapes that the family asks for when it is another: doubled or
     * halved, or flipped.
     */
    private static Map<String, List<Map<String, long[]>>> shapesUnderOtherValues(HfConfig config) {
        Map<String, List<Map<String, long[]>>> others = new LinkedHashMap<>();
        for (HfConfig.Change change : config.changes()) {
            try {
                others.computeIfAbsent(change.key(), key -> new ArrayList<>()).add(shapes(change.config()));
            } catch (UserError e) {
                continue; // no such model: says nothing about the key
            }
        }
        return others;
    }

    private static Map<String, long[]> shapes(HfConfig config) {
        return Scope.value(() -> NoGrad.get(() -> {
            Map<String, long[]> shapes = new LinkedHashMap<>();
            Architectures.of(config).build(config, new Weights(new WeightSource.Outline(""))).weights()
                    .forEach((name, weight) -> shapes.put(name, weight.shape()));
            return shapes;
        }));
    }
}
