package io.weft.problem;

import java.util.List;

/**
 * A mistake in what the user gave: a recipe, a file, an argument, a full disk. The message is fit to print as it is,
 * names the place, what was found, what was expected and what to do, and holds every problem that was found. Printed
 * without a stack trace, exit code 2. Any other exception that reaches the top is a bug in Weft.
 */
public class UserError extends RuntimeException {
    private static final long serialVersionUID = 1;

    protected UserError(String message, Throwable cause) { super(message, cause); }

    public static UserError of(String message) { return new UserError(message, null); }

    public static UserError of(String message, Throwable cause) { return new UserError(message, cause); }

    /** Several problems under one heading, each on a line of its own. */
    public static UserError of(String heading, List<String> problems) {
        return new UserError(heading + "\n  " + String.join("\n  ", problems), null);
    }
}
