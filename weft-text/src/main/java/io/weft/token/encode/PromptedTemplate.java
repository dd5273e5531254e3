package io.weft.token.encode;

import io.weft.data.EncodingSettings;
import io.weft.data.Message;
import io.weft.token.chat.Dialogue;
import io.weft.token.chat.MessageTemplate;
import io.weft.token.chat.Segment;
import io.weft.token.chat.TemplateRefusal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A chat template that puts a text before every conversation. What is cut of a conversation is cut before, so the text
 * stays when the oldest exchanges go.
 *
 * @param isSystem whether the template shows a system's message
 */
record PromptedTemplate(MessageTemplate template, HardPrompt prompt, boolean isSystem) implements MessageTemplate {
    /** Published templates refuse a system's message, or leave it out without a word: both are tried out. */
    static PromptedTemplate of(MessageTemplate template, HardPrompt prompt) {
        return new PromptedTemplate(template, prompt, showsSystem(template, prompt.text().strip()));
    }

    private static boolean showsSystem(MessageTemplate template, String text) {
        try {
            return template.render(List.of(Message.system(text), Message.user("a")), true).stream().map(Segment::text)
                    .collect(Collectors.joining()).contains(text);
        } catch (TemplateRefusal e) {
            return false;
        }
    }

    private List<Message> behind(List<Message> messages) {
        return isSystem ? prompt.asSystem(messages) : prompt.asUser(messages);
    }

    @Override public List<Segment> render(List<Message> messages, boolean answerNext) {
        return template.render(behind(messages), answerNext);
    }

    @Override public Dialogue learned(List<Message> messages) { return template.learned(behind(messages)); }

    @Override public Dialogue asked(List<Message> messages) { return template.asked(behind(messages)); }

    @Override public boolean mentions(String text) { return template.mentions(text); }

    @Override public MessageTemplate given(Map<String, ?> variables) {
        return new PromptedTemplate(template.given(variables), prompt, isSystem);
    }

    @Override public MessageTemplate with(EncodingSettings settings) { return of(template.with(settings), prompt); }
}
