package io.weft.token.tool;

import io.weft.token.chat.MessageTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Mistral's: behind one mark a list of calls, or, from its eleventh tokenizer on, name and arguments of each.
 * <pre>
 * [TOOL_CALLS] [{"name": "weather", "arguments": {"city": "Beijing"}}]
 * [TOOL_CALLS]weather[ARGS]{"city": "Beijing"}
 * </pre>
 */
final class MistralCalls implements CallFormat {
    private static final String OPEN = "[TOOL_CALLS]", ARGUMENTS = "[ARGS]", ID = "[CALL_ID]";

    @Override public String name() { return "mistral"; }

    @Override public boolean isOf(MessageTemplate template) { return template.mentions(OPEN); }

    @Override public Set<String> marks() { return Set.of(OPEN, ARGUMENTS, ID); }

    @Override public CallReader reader(Set<String> tools) { return new MarkedCalls(OPEN, "", MistralCalls::calls); }

    private static List<ToolCall> calls(String text) {
        if (!text.contains(ARGUMENTS)) {
            return CallJson.calls(text);
        }
        List<ToolCall> calls = new ArrayList<>();
        for (String each : text.split(Pattern.quote(OPEN))) {
            int at = each.indexOf(ARGUMENTS);
            String name = at < 0 ? "" : each.substring(0, at).replaceFirst("(?s)\\[CALL_ID].*", "").strip();
            var arguments = CallJson.read(at < 0 ? "" : each.substring(at + ARGUMENTS.length()));
            if (name.isEmpty() || arguments.isEmpty() || !arguments.get().isObject()) {
                return List.of();
            }
            calls.add(new ToolCall(name, arguments.get().toString()));
        }
        return calls;
    }
}
