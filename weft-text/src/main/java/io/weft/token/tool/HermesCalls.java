package io.weft.token.tool;

import io.weft.token.chat.MessageTemplate;
import java.util.Set;

/**
 * Hermes' and Qwen's (2.5, 3): each call as JSON between two marks.
 * <pre>
 * &lt;tool_call&gt;
 * {"name": "weather", "arguments": {"city": "Beijing"}}
 * &lt;/tool_call&gt;
 * </pre>
 */
final class HermesCalls implements CallFormat {
    private static final String OPEN = "<tool_call>", CLOSE = "</tool_call>";

    @Override public String name() { return "hermes"; }

    /** Qwen3-Coder and GLM-4.5 have the same marks around other things. */
    @Override public boolean isOf(MessageTemplate template) {
        return template.mentions(OPEN) && !template.mentions("<function=") && !template.mentions("<arg_key>");
    }

    @Override public Set<String> marks() { return Set.of(OPEN, CLOSE); }

    @Override public CallReader reader(Set<String> tools) { return new MarkedCalls(OPEN, CLOSE, CallJson::calls); }
}
