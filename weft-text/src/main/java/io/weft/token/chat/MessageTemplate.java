package io.weft.token.chat;

import io.weft.data.EncodingSettings;
import io.weft.data.Message;
import io.weft.data.Thinking;
import io.weft.problem.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static io.weft.problem.Language.say;

/** Turns messages into the text that a model reads. */
@FunctionalInterface
public interface MessageTemplate {
    /**
     * @param answerNext whether the text ends where the assistant's answer begins (for generation), else after the last
     *     message
     * @return the text in parts, in order
     * @throws TemplateRefusal when these messages are no conversation for it
     */
    List<Segment> render(List<Message> messages, boolean answerNext);

    /**
     * A conversation to learn from, with the border of each answer that is learned.
     *
     * @throws TemplateRefusal also when the prompt of an answer is not how the text before it reads
     */
    default Dialogue learned(List<Message> messages) {
        List<Segment> segments = render(messages, false);
        int[] borders = borders(messages, Dialogue.text(segments));
        if (borders.length != messages.stream().filter(Message::isAssistant).count()) {
            throw new TemplateRefusal(say("what asks for an answer is not how the conversation with it begins"));
        }
        return new Dialogue(segments, borders, 0);
    }

    /** What is asked, with the border of each earlier answer. @throws TemplateRefusal as {@link #render} */
    default Dialogue asked(List<Message> messages) {
        List<Segment> segments = render(messages, true);
        return new Dialogue(segments, borders(messages, Dialogue.text(segments)), 0);
    }

    private int[] borders(List<Message> messages, String whole) {
        List<Integer> borders = new ArrayList<>();
        for (int turn = 0; turn < messages.size(); turn++) {
            if (messages.get(turn).isAssistant()) {
                String prompt = Dialogue.text(render(messages.subList(0, turn), true));
                if (whole.startsWith(prompt)) {
                    borders.add(prompt.length());
                }
            }
        }
        return borders.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Whether the template's own source has this text, such as the mark that closes reasoning. */
    default boolean mentions(String text) { return false; }

    /**
     * One that is given more variables, such as {@code tools}: texts, numbers, booleans, and lists and maps of these.
     *
     * @throws UserError when it knows none of that name
     */
    default MessageTemplate given(Map<String, ?> variables) {
        if (!variables.isEmpty()) {
            throw UserError.of(say("this model's form of conversations knows no '%s'; leave it out",
                    variables.keySet().iterator().next()));
        }
        return this;
    }

    /**
     * One that renders as these settings say.
     *
     * @throws UserError when they ask for what the template does not know
     */
    default MessageTemplate with(EncodingSettings settings) {
        if (settings.thinking() != Thinking.AUTO) {
            throw UserError.of(say("data.thinking is %s, but this model's form of conversations knows no such setting; "
                    + "leave it out", settings.thinking().word()));
        }
        return this;
    }
}
