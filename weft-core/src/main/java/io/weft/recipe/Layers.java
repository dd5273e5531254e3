package io.weft.recipe;

import io.weft.settings.Choice;
import io.weft.settings.Entry;
import io.weft.settings.Node;
import io.weft.settings.Section;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lays the settings of one source over those of another. */
final class Layers {
    private Layers() {}

    /**
     * All settings of both, the upper one's where both give one. What the upper one chooses replaces what else the
     * lower one chose.
     */
    static Node.Mapping over(Node.Mapping lower, Node.Mapping upper) { return merged(lower, upper, Settings.ALL); }

    private static Node.Mapping merged(Node.Mapping lower, Node.Mapping upper, List<Entry> keys) {
        Map<String, Node> entries = new LinkedHashMap<>(lower.entries());
        upper.entries().forEach((key, node) -> {
            Entry entry = keys.stream().filter(known -> known.name().equals(key)).findFirst().orElse(null);
            Node below = entries.get(key);
            entries.put(key, entry instanceof Choice<?> choice ? chosen(below, named(node, choice), choice)
                    : entry instanceof Section<?> section ? merged(below, node, section.keys())
                    : merged(below, node, List.of()));
        });
        return new Node.Mapping(entries, upper.entries().isEmpty() ? lower.origin() : upper.origin());
    }

    private static Node merged(Node lower, Node upper, List<Entry> keys) {
        if (lower == null && !(upper instanceof Node.Mapping)) {
            return upper;
        }
        Node below = lower == null ? Node.Mapping.empty(upper.origin()) : lower;
        boolean groups = below instanceof Node.Mapping || upper instanceof Node.Mapping;
        return groups && below.asGroup() instanceof Node.Mapping old && upper.asGroup() instanceof Node.Mapping changes
                ? merged(old, changes, keys) : upper;
    }

    private static Node chosen(Node lower, Node upper, Choice<?> choice) {
        if (!(lower instanceof Node.Mapping old) || !(upper instanceof Node.Mapping chosen)
                || chosen.entries().keySet().stream().noneMatch(choice.names()::contains)) {
            return merged(lower, upper, List.of());
        }
        Map<String, Node> kept = new LinkedHashMap<>(old.entries());
        kept.keySet().removeIf(name -> choice.names().contains(name) && !chosen.entries().containsKey(name));
        return merged(new Node.Mapping(kept, old.origin()), chosen, List.of());
    }

    /** {@code tuning: full} is {@code tuning: {full: {}}}. */
    private static Node named(Node node, Choice<?> choice) {
        if (!(node instanceof Node.Scalar scalar) || !choice.names().contains(scalar.text())) {
            return node;
        }
        Node.Mapping mapping = Node.Mapping.empty(node.origin());
        mapping.entries().put(scalar.text(), Node.Mapping.empty(node.origin()));
        return mapping;
    }
}
