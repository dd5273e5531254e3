package io.weft.token.chat;

import io.weft.data.Message;
import java.util.List;

/** Turns messages into the text that a model reads. */
@FunctionalInterface
public interface MessageTemplate {
    /**
     * @param answerNext whether the text ends where the assistant's answer begins (for generation), else after the last
     *     message
     * @return the text in parts, in order
     */
    List<Segment> render(List<Message> messages, boolean answerNext);

    /**
     * Text that stands between where a prompt ends and what the assistant says, and so begins what a model generates;
     * readers of an answer do not see it.
     */
    default String answerOpening() { return ""; }
}
