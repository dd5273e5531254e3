package io.weft.recipe;

import io.weft.problem.Problems;
import io.weft.settings.Node;
import io.weft.settings.Origin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The problems of one recipe, told all at once: in the order of its lines, then those of the command line, then what is
 * missing.
 */
public final class Findings {
    private final List<Finding> found = new ArrayList<>();
    private Node.Mapping given = Node.Mapping.empty(Origin.NOWHERE);

    private record Finding(Origin origin, String path, String problem) {}

    Findings() {}

    /**
     * Says what is wrong with a setting; the place where it was given is added. Ignored for a setting that has a
     * problem already.
     *
     * @param path such as "tuning.lora.targets"
     */
    public void add(String path, String problem) {
        if (found.stream().noneMatch(finding -> finding.path().equals(path))) {
            add(originOf(path), path, problem);
        }
    }

    /** Whether anybody gave the setting, and not a default alone. */
    public boolean isGiven(String path) {
        Node node = given;
        for (String key : path.split("\\.")) {
            node = node instanceof Node.Mapping mapping ? mapping.entries().get(key) : null;
        }
        return node != null;
    }

    void add(Origin origin, String path, String problem) { found.add(new Finding(origin, path, problem)); }

    /** Those of a part of the recipe; what the whole has in common with it is told once. @param prefix of its keys */
    void addAll(Findings part, String prefix) {
        part.found.stream().filter(finding -> !found.contains(finding)).toList().forEach(finding ->
                add(finding.origin(), prefix + finding.path(), finding.problem()));
    }

    /** The recipe as it was written, in which {@link #add(String, String)} finds places. */
    void locateIn(Node.Mapping recipe) { given = recipe; }

    boolean isEmpty() { return found.isEmpty(); }

    /** @throws io.weft.problem.UserError naming every problem, when there is one */
    void throwIfAny(String subject) {
        var problems = new Problems(subject);
        found.stream().sorted(Comparator.comparingInt(finding -> finding.origin().rank()))
                .map(finding -> finding.origin().prefix()
                + (finding.path().isEmpty() ? "" : Node.Scalar.shown(finding.path()) + ": ") + finding.problem())
                .distinct().forEach(problems::add);
        problems.throwIfAny();
    }

    /** Where the setting was given, or the group that it belongs to. */
    private Origin originOf(String path) {
        if (given.entries().containsKey(path)) {
            return given.entries().get(path).origin();   // one of the model's
        }
        Origin origin = Origin.NOWHERE;
        Map<String, Node> entries = given.entries();
        for (String key : path.split("\\.")) {
            Node node = entries.get(key);
            if (node == null) {
                break;
            }
            origin = node.origin();
            entries = node instanceof Node.Mapping mapping ? mapping.entries() : Map.of();
        }
        return origin;
    }
}
