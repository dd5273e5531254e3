package io.weft.settings;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.weft.extension.OpenTable;
import io.weft.problem.Language;
import io.weft.problem.Translatable;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Translatable.text;

/**
 * One or more of an open table's, each at most once and with settings of its own: {@code [exactMatch]} by their
 * names, or {@code {length: {weight: 0.5}}}. The value is a list of them.
 */
public record Several(OpenTable<? extends Configurable> table) implements Values {
    @Override public Translatable expected() { return text("one or more of %s, each with its settings", names()); }

    private List<String> names() { return table.names(); }

    @Override public Optional<Object> parse(String text) {
        return read(new Node.Scalar(text, false, Origin.NOWHERE));
    }

    @Override public Optional<Object> read(Node node) {
        Members members = Members.read(table, node);
        return members.found().isEmpty() || !members.problem().isEmpty() ? Optional.empty()
                : Optional.of(members.found());
    }

    @Override public Object written(Object value) {
        return value == null ? null : Members.written((List<?>) value);
    }

    @Override public String hint(Node found) { return Members.read(table, found).problem(); }

    @Override public void describeIn(ObjectNode schema) {
        var either = schema.putArray("anyOf");
        ObjectNode group = either.addObject().put("type", "object").put("additionalProperties", false)
                .put("minProperties", 1);
        ObjectNode properties = group.putObject("properties");
        for (Configurable one : table.all()) {
            ObjectNode member = properties.putObject(one.name());
            member.putArray("type").add("object").add("null").add("boolean");
            ObjectNode settings = member.put("additionalProperties", false).putObject("properties");
            one.section().settings().forEach(setting -> describe(settings.putObject(setting.name()), setting));
        }
        ObjectNode list = either.addObject().put("type", "array").put("minItems", 1);
        list.putObject("items").put("type", "string").putArray("enum").addAll(names().stream()
                .map(TextNode::valueOf).toList());
        either.addObject().put("type", "string").put("minLength", 1);
    }

    private static void describe(ObjectNode schema, Setting setting) {
        schema.put("description", setting.about().in(Language.ENGLISH) + "\n"
                + setting.about().in(Language.CHINESE));
        if (setting.isOptional()) {
            var either = schema.putArray("anyOf");
            setting.values().describeIn(either.addObject());
            either.addObject().put("type", "null");
        } else {
            setting.values().describeIn(schema);
        }
    }
}
