package io.weft.recipe;

import io.weft.settings.Node;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lays the settings of one source over those of another. */
final class Layers {
    private Layers() {}

    /**
     * All settings of both, the upper one's where both give one. A tuning method in the upper one replaces another
     * method in the lower one, for a recipe has one.
     */
    static Node.Mapping over(Node.Mapping lower, Node.Mapping upper) {
        Map<String, Node> below = new LinkedHashMap<>(lower.entries());
        Map<String, Node> above = new LinkedHashMap<>(upper.entries());
        above.computeIfPresent("tuning", (key, node) -> method(node));
        if (below.get("tuning") instanceof Node.Mapping old && above.get("tuning") instanceof Node.Mapping chosen
                && chosen.entries().keySet().stream().anyMatch(Layers::isMethod)) {
            Map<String, Node> kept = new LinkedHashMap<>(old.entries());
            kept.keySet().removeIf(name -> isMethod(name) && !chosen.entries().containsKey(name));
            below.put("tuning", new Node.Mapping(kept, old.origin()));
        }
        return merged(new Node.Mapping(below, lower.origin()), new Node.Mapping(above, upper.origin()));
    }

    private static boolean isMethod(String name) { return Settings.tuning(name).isPresent(); }

    /** {@code tuning: full} is {@code tuning: {full: {}}}. */
    private static Node method(Node tuning) {
        if (!(tuning instanceof Node.Scalar scalar) || Settings.tuning(scalar.text()).isEmpty()) {
            return tuning;
        }
        Node.Mapping mapping = Node.Mapping.empty(tuning.origin());
        mapping.entries().put(scalar.text(), Node.Mapping.empty(tuning.origin()));
        return mapping;
    }

    private static Node.Mapping merged(Node.Mapping lower, Node.Mapping upper) {
        Map<String, Node> entries = new LinkedHashMap<>(lower.entries());
        upper.entries().forEach((key, node) -> entries.merge(key, node, Layers::merged));
        return new Node.Mapping(entries, upper.entries().isEmpty() ? lower.origin() : upper.origin());
    }

    private static Node merged(Node lower, Node upper) {
        boolean groups = lower instanceof Node.Mapping || upper instanceof Node.Mapping;
        return groups && lower.asGroup() instanceof Node.Mapping old && upper.asGroup() instanceof Node.Mapping changes
                ? merged(old, changes) : upper;
    }
}
