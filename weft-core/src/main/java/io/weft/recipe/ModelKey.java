package io.weft.recipe;

import io.weft.settings.Node;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The key of the model has two spellings: its folder alone, {@code model: DIR}, and a group with what is done to it,
 * {@code model: {folder: DIR, quantise: nf4}}. Within, and on the command line, both are the keys {@code model} and
 * {@code model.quantise}.
 */
final class ModelKey {
    static final String NAME = "model", FOLDER = "folder";
    private static final String PREFIX = NAME + ".";

    private ModelKey() {}

    /** The keys of a file, with those of the group at the top. */
    static Node.Mapping flat(Node.Mapping root) {
        if (!(root.entries().get(NAME) instanceof Node.Mapping group)) {
            return root;
        }
        Map<String, Node> entries = new LinkedHashMap<>();
        root.entries().forEach((key, node) -> {
            if (node == group) {
                group.entries().forEach((inner, value) -> entries.put(key(PREFIX + inner), value));
            } else {
                entries.put(key, node);
            }
        });
        return new Node.Mapping(entries, root.origin());
    }

    /** Whether a path is one of the group's. */
    static boolean isInGroup(String path) { return path.startsWith(PREFIX); }

    /** The key that a path of the command line means. */
    static String key(String path) { return path.equals(PREFIX + FOLDER) ? NAME : path; }

    /** A key as it stands within the group. */
    static String inGroup(String key) { return isInGroup(key) ? key.substring(PREFIX.length()) : FOLDER; }
}
