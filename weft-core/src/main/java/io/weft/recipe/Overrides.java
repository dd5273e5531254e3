package io.weft.recipe;

import io.weft.settings.Node;
import io.weft.settings.Origin;
import java.util.List;
import java.util.Map;

import static io.weft.problem.Language.say;

/** Settings in the form {@code tuning.lora.rank=16}, as the tree that a file would give. */
final class Overrides {
    private Overrides() {}

    /** @param origin of all of them */
    static Node.Mapping tree(List<String> settings, Origin origin, Findings findings) {
        Node.Mapping root = Node.Mapping.empty(origin);
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            String path = equals < 0 ? setting : setting.substring(0, equals).strip();
            if (equals < 0 || List.of(path.split("\\.", -1)).contains("")) {
                findings.add(origin, "", say("%s: expected a setting as key=value, such as train.epochs=1",
                        Node.Scalar.shown(setting)));
                continue;
            }
            String text = setting.substring(equals + 1).strip();
            Node.Scalar value = new Node.Scalar(text, List.of("", "null", "~").contains(text), origin);
            if (ModelKey.isInGroup(path)) {
                putLast(root.entries(), ModelKey.key(path), path, value, findings);
            } else {
                put(root, path, value, findings);
            }
        }
        return root;
    }

    private static void put(Node.Mapping root, String path, Node.Scalar value, Findings findings) {
        Map<String, Node> entries = root.entries();
        String[] keys = path.split("\\.");
        for (int i = 0; i < keys.length - 1; i++) {
            Node group = entries.getOrDefault(keys[i], Node.Mapping.empty(value.origin())).asGroup();
            if (!(group instanceof Node.Mapping mapping)) {
                findings.add(value.origin(), path,
                        say("cannot be given beside %s=%s", String.join(".", List.of(keys).subList(0, i + 1)),
                        group.described()));
                return;
            }
            entries.put(keys[i], mapping);
            entries = mapping.entries();
        }
        putLast(entries, keys[keys.length - 1], path, value, findings);
    }

    private static void putLast(Map<String, Node> entries, String last, String path, Node.Scalar value,
            Findings findings) {
        Node earlier = entries.get(last);
        if (earlier == null) {
            entries.put(last, value);
        // tuning.lora=true beside tuning.lora.rank=4 says nothing new
        } else if (!(earlier instanceof Node.Mapping && value.asGroup() instanceof Node.Mapping)) {
            findings.add(value.origin(), path, say("given twice; keep one"));
        }
    }
}
