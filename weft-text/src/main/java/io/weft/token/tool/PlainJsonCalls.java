package io.weft.token.tool;

import io.weft.token.chat.MessageTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Llama 3's, and what models do whose template names no mark: the answer is the call as JSON, perhaps behind Llama's
 * mark, several of them separated by semicolons or in a list.
 * <pre>
 * {"name": "weather", "parameters": {"city": "Beijing"}}
 * </pre>
 */
final class PlainJsonCalls implements CallFormat {
    private static final String MARK = "<|python_tag|>";

    @Override public String name() { return "json"; }

    @Override public boolean isOf(MessageTemplate template) { return true; }

    @Override public Set<String> marks() { return Set.of(MARK); }

    @Override public CallReader reader(Set<String> tools) {
        return new WholeAnswerCalls(PlainJsonCalls::mayBegin, PlainJsonCalls::calls);
    }

    private static boolean mayBegin(String text) {
        String begun = text.stripLeading();
        return begun.isEmpty() || begun.startsWith("{") || begun.startsWith("[") || begun.startsWith(MARK)
                || MARK.startsWith(begun);
    }

    private static List<ToolCall> calls(String text) {
        String json = text.replace(MARK, "").strip();
        List<ToolCall> whole = CallJson.calls(json);
        if (!whole.isEmpty()) {
            return whole;
        }
        List<ToolCall> calls = new ArrayList<>();
        for (String each : json.split("(?<=})\\s*;\\s*(?=\\{)")) {
            List<ToolCall> one = CallJson.calls(each);
            if (one.isEmpty()) {
                return List.of();
            }
            calls.addAll(one);
        }
        return calls;
    }
}
