package io.weft.token.read;

import io.weft.problem.UserError;

/**
 * A text has no ids that the model can take: one row or prompt is at fault, the others may go on. The message names the
 * text, and no row.
 */
public final class TokenRefusal extends UserError {
    private static final long serialVersionUID = 1;

    public TokenRefusal(String message) { this(message, null); }

    TokenRefusal(String message, Throwable cause) { super(message, cause); }
}
