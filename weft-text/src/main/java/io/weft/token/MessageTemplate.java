package io.weft.token;

import io.weft.data.Message;
import java.util.List;

/** Turns messages into the text that a model reads. */
@FunctionalInterface
public interface MessageTemplate {
    /** @param answerNext whether the text ends where the assistant's answer begins (for generation), else after the last message  @return the text in parts, in order */
    List<Piece> render(List<Message> messages, boolean answerNext);
}
