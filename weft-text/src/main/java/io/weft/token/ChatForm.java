package io.weft.token;

import io.weft.token.chat.MessageTemplate;
import java.nio.file.Path;

/**
 * How the conversations of a family of models become text: the template that comes in the model's folder, or a form of
 * its own that only the family's code knows. A new one is a class and a line in {@link ChatForms#TABLE}.
 */
public interface ChatForm {
    /** The word for messages. */
    String name();

    /** Whether a folder's conversations have this form, by its files. */
    boolean isOf(Path folder);

    /**
     * @param folder one that {@link #isOf} is true for
     * @throws io.weft.problem.UserError when its files or its tokenizer are not as the form needs them
     */
    MessageTemplate template(Path folder, Tokenizer tokenizer);
}
