package io.weft.token.chat;

import io.weft.problem.UserError;

/**
 * A chat template does not take a conversation, or not so that it can be learned: one row is at fault, the others may
 * go on. The message holds the template's own sentence, and names no row.
 */
public final class TemplateRefusal extends UserError {
    private static final long serialVersionUID = 1;

    public TemplateRefusal(String message) { this(message, null); }

    TemplateRefusal(String message, Throwable cause) { super(message, cause); }
}
