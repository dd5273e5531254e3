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

    /** Whether the template's own source has this text, such as the mark that closes reasoning. */
    default boolean mentions(String text) { return false; }
}
