package io.weft.token.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.token.chat.MessageTemplate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GLM-4's and ChatGLM3's: the tool's name on the first line, its arguments behind it, as JSON or as a call in Python.
 * <pre>
 * weather                       weather
 * {"city": "Beijing"}            ```python
 *                               tool_call(city='Beijing')
 *                               ```
 * </pre>
 */
final class GlmCalls implements CallFormat {
    private static final Pattern PYTHON = Pattern.compile("(?s)(?:```python\\s*)?tool_call\\((.*)\\)\\s*(?:```)?");
    private static final Pattern ARGUMENT = Pattern.compile("\\s*(\\w+)\\s*=\\s*(\"(?:[^\"\\\\]|\\\\.)*\""
            + "|'(?:[^'\\\\]|\\\\.)*'|-?\\d+(?:\\.\\d+)?|True|False|None)\\s*(?:,|$)");

    @Override public String name() { return "glm"; }

    @Override public boolean isOf(MessageTemplate template) {
        return template.mentions("<|observation|>") && !template.mentions("<arg_key>");
    }

    @Override public Set<String> marks() { return Set.of(); }

    @Override public CallReader reader(Set<String> tools) {
        return new WholeAnswerCalls(text -> tools.stream().anyMatch(tool -> mayBegin(text.stripLeading(), tool + "\n")),
                text -> call(text, tools).map(List::of).orElse(List.of()));
    }

    private static boolean mayBegin(String text, String line) { return text.startsWith(line) || line.startsWith(text); }

    private static Optional<ToolCall> call(String answer, Set<String> tools) {
        String text = answer.stripLeading();
        int end = text.indexOf('\n');
        if (end < 0 || !tools.contains(text.substring(0, end))) {
            return Optional.empty();
        }
        String rest = text.substring(end).strip();
        Optional<JsonNode> json = CallJson.read(rest);
        Optional<String> arguments = json.isPresent() ? json.filter(JsonNode::isObject).map(JsonNode::toString)
                : python(rest);
        return arguments.map(each -> new ToolCall(text.substring(0, end), each));
    }

    /** Keyword arguments whose values are texts, numbers, True, False or None. */
    private static Optional<String> python(String text) {
        Matcher whole = PYTHON.matcher(text);
        if (!whole.matches()) {
            return Optional.empty();
        }
        ObjectNode arguments = JsonNodeFactory.instance.objectNode();
        Matcher each = ARGUMENT.matcher(whole.group(1));
        int at = 0;
        while (at < whole.group(1).length()) {
            if (!each.find(at) || each.start() != at) {
                return Optional.empty();
            }
            arguments.set(each.group(1), value(each.group(2)));
            at = each.end();
        }
        return Optional.of(arguments.toString());
    }

    private static JsonNode value(String python) {
        char first = python.charAt(0);
        if (first == '"' || first == '\'') {
            String inner = python.substring(1, python.length() - 1).replaceAll("\\\\(['\"\\\\])", "$1")
                    .replace("\\n", "\n");
            return JsonNodeFactory.instance.textNode(inner);
        }
        return switch (python) {
            case "True" -> JsonNodeFactory.instance.booleanNode(true);
            case "False" -> JsonNodeFactory.instance.booleanNode(false);
            case "None" -> JsonNodeFactory.instance.nullNode();
            default -> CallJson.read(python).orElseThrow();
        };
    }
}
