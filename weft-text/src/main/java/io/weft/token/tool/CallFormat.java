package io.weft.token.tool;

import io.weft.token.chat.MessageTemplate;
import java.util.Set;

/** How a family of models writes calls of tools. A new one is a class and a line in {@link CallFormats#TABLE}. */
public interface CallFormat {
    /** The word for messages. */
    String name();

    /** Whether a model with this chat template writes so, by the marks that stand in its source. */
    boolean isOf(MessageTemplate template);

    /** Special tokens without which a call cannot be told from words. */
    Set<String> marks();

    /** One for a new answer. @param tools names of the tools that the model was offered */
    CallReader reader(Set<String> tools);
}
