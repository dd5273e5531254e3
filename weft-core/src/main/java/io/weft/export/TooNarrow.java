package io.weft.export;

import io.weft.problem.UserError;

/** Merged weights do not fit the type that they were to be stored in; a wider one takes them. */
public final class TooNarrow extends UserError {
    private static final long serialVersionUID = 1;

    TooNarrow(String message) { super(message, null); }
}
