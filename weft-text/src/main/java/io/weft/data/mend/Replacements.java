package io.weft.data.mend;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.Translatable;
import io.weft.settings.Node;
import io.weft.settings.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * Regular expressions with what stands in place of what they find, perhaps none: a group in a file, {@code {'\s+$':
 * ''}}, or one of them in a text, <code>\s+$ => </code>.
 */
record Replacements() implements Values {
    private static final String ARROW = "=>";

    @Override public Translatable expected() {
        return text("regular expressions with what replaces them, such as {'\\s+$': ''}, or one as 'pattern => text'");
    }

    @Override public Optional<Object> parse(String text) {
        return text.equals("{}") ? Optional.of(List.of()) : one(text).flatMap(one -> of(one));
    }

    private static Optional<Map<String, String>> one(String text) {
        int arrow = text.lastIndexOf(ARROW);
        return arrow < 1 ? Optional.empty()
                : Optional.of(Map.of(text.substring(0, arrow).strip(), text.substring(arrow + 2).strip()));
    }

    @Override public Optional<Object> read(Node node) {
        return node instanceof Node.Mapping group ? of(texts(group)) : Values.super.read(node);
    }

    private static Map<String, String> texts(Node.Mapping group) {
        Map<String, String> texts = new LinkedHashMap<>();
        group.entries().forEach((pattern, with) -> texts.put(pattern,
                with instanceof Node.Scalar scalar ? scalar.missing() ? "" : scalar.text() : null));
        return texts;
    }

    private static Optional<Object> of(Map<String, String> texts) {
        List<Replacement> all = new ArrayList<>();
        try {
            texts.forEach((pattern, with) -> all.add(new Replacement(pattern, with)));
        } catch (IllegalArgumentException | NullPointerException e) {
            return Optional.empty();
        }
        return Optional.of(all);
    }

    @Override public String hint(Node found) {
        Optional<Map<String, String>> texts = found instanceof Node.Mapping group ? Optional.of(texts(group))
                : found instanceof Node.Scalar scalar ? one(scalar.text()) : Optional.empty();
        StringBuilder wrong = new StringBuilder();
        texts.orElse(Map.of()).forEach((pattern, with) -> {
            try {
                new Replacement(pattern, with == null ? "" : with);
            } catch (IllegalArgumentException e) {
                wrong.append(say("; %s", e.getMessage()));
            }
        });
        return wrong.toString();
    }

    @Override public Object written(Object value) {
        Map<String, String> all = new LinkedHashMap<>();
        ((List<?>) value).forEach(one -> all.put(((Replacement) one).pattern(), ((Replacement) one).with()));
        return all;
    }

    @Override public void describeIn(ObjectNode schema) {
        var either = schema.putArray("anyOf");
        either.addObject().put("type", "object").putObject("additionalProperties").put("type", "string");
        either.addObject().put("type", "string");
    }
}
