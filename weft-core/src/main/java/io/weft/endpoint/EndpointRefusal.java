package io.weft.endpoint;

import io.weft.problem.UserError;

/** A service that does not answer, in words for the user, with what to do. */
public final class EndpointRefusal extends UserError {
    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Kind {
        /** 401, 403: no key, or not this one. */
        KEY,
        /** No such model there. */
        MODEL,
        /** Nothing at that address, or no such service. */
        ADDRESS,
        /** The account has no more to spend. */
        QUOTA,
        /** More tokens than the model reads: of this request alone. */
        TOO_LONG,
        /** The service does not answer such a text: of this request alone. */
        FILTERED,
        /** The service does not take the request. */
        REQUEST,
        /** An answer that is none. */
        RUBBISH,
        /** It was asked often enough, and answered neither so nor so. */
        UNREACHABLE
    }

    private final Kind kind;

    EndpointRefusal(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() { return kind; }

    /** Whether other requests may well be answered: a job can leave this one out, say so, and go on. */
    public boolean isOfThisRequest() { return kind == Kind.TOO_LONG || kind == Kind.FILTERED; }
}
