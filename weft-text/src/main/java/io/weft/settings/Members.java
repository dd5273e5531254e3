package io.weft.settings;

import io.weft.extension.OpenTable;
import io.weft.problem.Spelling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * Some of an open table's, each with its settings, as one value of a setting: reads them from a node, or says what is
 * wrong with it.
 *
 * @param found in the order in which they were given  @param problem all that is wrong, each behind "; "; "" where
 *     nothing is
 */
record Members(List<Configurable> found, String problem) {
    private static Members wrong(String problem) { return new Members(List.of(), problem); }

    static Members read(OpenTable<? extends Configurable> table, Node node) {
        if (node instanceof Node.Scalar scalar) {
            return named(table, scalar);
        }
        return node instanceof Node.Mapping mapping ? mapped(table, mapping)
                : listed(table, ((Node.Sequence) node).items());
    }

    private static Members named(OpenTable<? extends Configurable> table, Node.Scalar scalar) {
        String text = scalar.text();
        String inner = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        List<Node> names = new ArrayList<>();
        for (String name : inner.isBlank() ? new String[0] : inner.split(",", -1)) {
            names.add(new Node.Scalar(name.strip(), false, scalar.origin()));
        }
        return listed(table, names);
    }

    /** Names, and groups of one key each. */
    private static Members listed(OpenTable<? extends Configurable> table, List<Node> items) {
        Map<String, Node> all = new LinkedHashMap<>();
        for (Node item : items) {
            Map<String, Node> given = item instanceof Node.Scalar name
                    ? Map.of(name.text(), Node.Mapping.empty(name.origin()))
                    : item instanceof Node.Mapping group ? group.entries() : Map.of();
            for (Map.Entry<String, Node> one : given.entrySet()) {
                if (all.put(one.getKey(), one.getValue()) != null) {
                    return wrong(say("; %s is given twice", Node.Scalar.shown(one.getKey())));
                }
            }
        }
        return mapped(table, new Node.Mapping(all, Origin.NOWHERE));
    }

    private static Members mapped(OpenTable<? extends Configurable> table, Node.Mapping given) {
        List<Configurable> found = new ArrayList<>();
        var problems = new StringBuilder();
        for (Map.Entry<String, Node> one : given.entries().entrySet()) {
            Optional<? extends Configurable> known = table.find(one.getKey());
            if (known.isEmpty()) {
                problems.append(say("; there is no %s%s", Node.Scalar.shown(one.getKey()),
                        Spelling.nearest(one.getKey(), table.names()).map(name -> say("; did you mean %s?", name))
                        .orElse("")));
                continue;
            }
            Node settings = one.getValue().asGroup();
            Members member = record(known.get().section(), known.get().usual()
                    .filter(usual -> !(settings instanceof Node.Mapping))
                    .map(usual -> only(usual.name(), settings)).orElse(settings));
            problems.append(member.problem);
            found.addAll(member.found);
        }
        return problems.isEmpty() ? new Members(found, "") : wrong(problems.toString());
    }

    private static Node only(String name, Node value) {
        Node.Mapping group = Node.Mapping.empty(value.origin());
        group.entries().put(name, value);
        return group;
    }

    private static Members record(Section<?> section, Node node) {
        if (!(node instanceof Node.Mapping group)) {
            return wrong(say("; %s: expected settings as 'key: value', found %s", section.name(), node.described()));
        }
        Map<String, Object> values = new HashMap<>();
        List<String> known = section.settings().stream().map(Setting::name).toList();
        var problems = new StringBuilder();
        for (String key : group.entries().keySet()) {
            if (!known.contains(key)) {
                problems.append(say("; %s has no setting %s (it has %s)", section.name(), Node.Scalar.shown(key),
                        String.join(say(", "), known)));
            }
        }
        for (Setting setting : section.settings()) {
            Node value = group.entries().get(setting.name());
            boolean missing = value == null || value instanceof Node.Scalar scalar && scalar.missing();
            if (missing && setting.isRequired()) {
                problems.append(say("; %s.%s is missing: %s", section.name(), setting.name(), setting.values()
                        .expected()));
            }
            if (!missing) {
                Optional<Object> read = setting.values().read(value);
                if (read.isEmpty()) {
                    problems.append(say("; %s.%s: expected %s, found %s%s", section.name(), setting.name(),
                            setting.values().expected(), setting.values().found(value), setting.values().hint(value)));
                }
                values.put(setting.name(), read.orElse(null));
            } else if (setting.isOptional()) {
                values.put(setting.name(), null);
            }
        }
        return problems.isEmpty() ? new Members(List.of((Configurable) section.with(values)), "")
                : wrong(problems.toString());
    }

    /** Each with every setting, as a file writes them. */
    static Map<String, Object> written(List<?> members) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (Object member : members) {
            Section<?> section = ((Configurable) member).section();
            Map<String, Object> settings = new LinkedHashMap<>();
            section.settings().forEach(setting -> settings.put(setting.name(), section.valueOf(member, setting)));
            all.put(section.name(), settings);
        }
        return all;
    }
}
