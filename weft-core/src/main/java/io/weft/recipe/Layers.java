package io.weft.recipe;

import io.weft.settings.Choice;
import io.weft.settings.Entry;
import io.weft.settings.Node;
import io.weft.settings.Section;
import java.util.ArrayList;
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
            entries.put(key, entry instanceof StageList ? stages(below, node)
                    : entry instanceof Choice<?> choice ? chosen(below, named(node, choice), choice)
                    : entry instanceof Section<?> section ? merged(below, node, section.keys())
                    : merged(below, node, List.of()));
        });
        return new Node.Mapping(entries, upper.entries().isEmpty() ? lower.origin() : upper.origin());
    }

    /**
     * The list with single stages changed, as a command line does: {@code stages.2.train.epochs=1}. Where numbers and
     * list do not fit, what stands above is left, for the binding to refuse.
     */
    private static Node stages(Node lower, Node upper) {
        if (!(lower instanceof Node.Sequence list) || !(upper instanceof Node.Mapping changes)) {
            return upper;
        }
        Map<String, Node> left = new LinkedHashMap<>(changes.entries());
        List<Node> items = new ArrayList<>();
        for (Node item : list.items()) {
            Node change = left.remove(String.valueOf(items.size() + 1));
            items.add(change == null ? item : merged(item, change, Settings.STAGE_KEYS));
        }
        return left.isEmpty() ? new Node.Sequence(items, list.origin()) : upper;
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
