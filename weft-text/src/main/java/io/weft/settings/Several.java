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
 *
 * @param mayBeEmpty whether there may be none
 */
public record Several(OpenTable<? extends Configurable> table, boolean mayBeEmpty) implements Values {
    /** At least one. */
    public Several(OpenTable<? extends Configurable> table) { this(table, false); }

    /** The same, or none. */
    public Several orNone() { return new Several(table, true); }

    @Override public Translatable expected() {
        return mayBeEmpty ? text("any of %s, each with its settings", names())
                : text("one or more of %s, each with its settings", names());
    }

    private List<String> names() { return table.names(); }

    @Override public Optional<Object> parse(String text) {
        return read(new Node.Scalar(text, false, Origin.NOWHERE));
    }

    @Override public Optional<Object> read(Node node) {
        Members members = Members.read(table, node);
        return members.found().isEmpty() && !mayBeEmpty || !members.problem().isEmpty() ? Optional.empty()
                : Optional.of(members.found());
    }

    @Override public Object written(Object value) {
        return value == null ? null : Members.written((List<?>) value);
    }

    @Override public String hint(Node found) { return Members.read(table, found).problem(); }

    @Override public void describeIn(ObjectNode schema) {
        var either = schema.putArray("anyOf");
        ObjectNode group = either.addObject().put("type", "object").put("additionalProperties", false)
                .put("minProperties", mayBeEmpty ? 0 : 1);
        ObjectNode properties = group.putObject("properties");
        for (Configurable one : table.all()) {
            ObjectNode member = properties.putObject(one.name());
            if (one.usual().isEmpty()) {
                describe(member, one);
            } else {
                var forms = member.putArray("anyOf");
                describe(forms.addObject(), one);
                one.usual().ifPresent(setting -> setting.values().describeIn(forms.addObject()));
            }
        }
        ObjectNode list = either.addObject().put("type", "array").put("minItems", mayBeEmpty ? 0 : 1);
        list.putObject("items").put("type", "string").putArray("enum").addAll(names().stream()
                .map(TextNode::valueOf).toList());
        either.addObject().put("type", "string").put("minLength", mayBeEmpty ? 0 : 1);
    }

    private static void describe(ObjectNode schema, Configurable one) {
        schema.putArray("type").add("object").add("null").add("boolean");
        ObjectNode settings = schema.put("additionalProperties", false).putObject("properties");
        one.section().settings().forEach(setting -> describe(settings.putObject(setting.name()), setting));
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
