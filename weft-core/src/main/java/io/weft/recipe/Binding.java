package io.weft.recipe;

import io.weft.problem.Spelling;
import io.weft.settings.Choice;
import io.weft.settings.Configurable;
import io.weft.settings.Entry;
import io.weft.settings.Node;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * Turns written settings into values and records. A setting with a problem gets its default, so that the rest can be
 * checked too.
 */
final class Binding {
    private final Findings findings;

    Binding(Findings findings) { this.findings = findings; }

    /**
     * What is given of a recipe, by key; null for what is unset, and every group with its defaults. A choice that is
     * not made is missing.
     */
    Map<String, Object> values(Node.Mapping root) { return values("", Settings.ALL, root.entries()); }

    private Map<String, Object> values(String prefix, List<Entry> keys, Map<String, Node> entries) {
        refuseUnknown(prefix, entries, keys.stream().map(Entry::name).toList());
        Map<String, Object> values = new HashMap<>();
        for (Entry key : keys) {
            String path = prefix.isEmpty() ? key.name() : prefix + "." + key.name();
            Node node = entries.get(key.name());
            if (key instanceof Setting setting) {
                value(path, setting, node).ifPresent(value -> values.put(key.name(), value.orElse(null)));
            } else if (key instanceof Section<?> section) {
                values.put(key.name(), record(path, section, node));
            } else if (key instanceof Choice<?> choice) {
                chosen(path, choice, node).ifPresent(one -> values.put(key.name(), one));
            }
        }
        return values;
    }

    <R> R record(String path, Section<R> section, Node node) {
        Map<String, Node> entries = Map.of();
        if (node != null && node.asGroup() instanceof Node.Mapping mapping) {
            entries = mapping.entries();
        } else if (node != null) {
            findings.add(node.origin(), path, say("expected settings as 'key: value', found %s", node.described()));
        }
        return section.with(values(path, section.keys(), entries));
    }

    private Optional<Object> chosen(String path, Choice<?> choice, Node node) {
        boolean word = node instanceof Node.Scalar && choice.isBrief();
        if (node == null || word || !(node.asGroup() instanceof Node.Mapping group)) {
            if (node != null) {
                findings.add(node.origin(), path, say("expected %s, found %s%s", choice.expected(), node.described(),
                        choice.words().hint(node)));
            }
            return Optional.empty();
        }
        refuseUnknown(path, group.entries(), choice.names());
        List<Object> given = new ArrayList<>();
        for (Configurable one : choice.all()) {
            if (group.entries().containsKey(one.name())) {
                given.add(record(path + "." + one.name(), one.section(), group.entries().get(one.name())));
            }
        }
        if (given.size() > 1) {
            findings.add(node.origin(), path, say("has %s; %s, so keep one",
                    String.join(say(" and "), group.entries().keySet()), choice.reason()));
        }
        return given.stream().findFirst();
    }

    /** The value given for a setting, nothing within where it is unset; nothing at all where its default stands. */
    private Optional<Optional<Object>> value(String path, Setting setting, Node node) {
        boolean missing = node == null || node instanceof Node.Scalar scalar && scalar.missing();
        if (missing && setting.isRequired()) {
            findings.add(path, say("is missing; expected %s", setting.values().expected()));
        }
        if (node == null || missing && (setting.isRequired() || setting.isOptional())) {
            return missing && setting.isOptional() ? Optional.of(Optional.empty()) : Optional.empty();
        }
        Optional<Object> value = setting.values().read(node);
        if (value.isEmpty()) {
            findings.add(node.origin(), path, say("expected %s, found %s%s", setting.values().expected(),
                    setting.values().found(node), setting.values().hint(node)));
        }
        return value.map(Optional::of);
    }

    /** Whether a newer Weft wrote the recipe, of which then nothing else can be said. */
    boolean refusesNewer(Node.Mapping root) {
        Node version = root.entries().get(Settings.VERSION_KEY.name());
        boolean newer = version instanceof Node.Scalar scalar
                && Values.WholeNumber.whole(scalar.text(), Settings.VERSION + 1, Long.MAX_VALUE).isPresent();
        if (newer) {
            findings.add("version",
                    say("this recipe has format %s, written by a newer Weft; this one knows %d. Update Weft",
                    version.described(), Settings.VERSION));
        }
        return newer;
    }

    private void refuseUnknown(String group, Map<String, Node> entries, List<String> known) {
        entries.forEach((key, node) -> {
            if (!known.contains(key)) {
                findings.add(node.origin(), group.isEmpty() ? key : group + "." + key,
                        say("no such setting; %s", remedy(group, key, known)));
            }
        });
    }

    /** A sibling with nearly this name, else a setting of this name elsewhere, else what there is. */
    static String remedy(String group, String key, Collection<String> siblings) {
        Optional<String> sibling = Spelling.nearest(key, siblings);
        Optional<String> elsewhere = Settings.paths().stream()
                .filter(path -> Spelling.same(path.substring(path.lastIndexOf('.') + 1), key)).findFirst();
        return (elsewhere.isPresent() && sibling.filter(name -> Spelling.same(name, key)).isEmpty() ? elsewhere
                : sibling.or(() -> elsewhere))
                .map(meant -> say("did you mean %s?", meant))
                .orElseGet(() -> siblings.isEmpty() ? say("%s has none", group)
                        : say("%s has %s", group.isEmpty() ? say("a recipe") : group,
                        String.join(say(", "), siblings)));
    }
}
