package io.weft.app.command;

import io.weft.app.terminal.Streams;

/**
 * One command of {@code weft}, in a file of its own. Made anew for every start, after the language is known; a new one
 * is a line in {@link Commands}.
 */
public interface Command {
    /** Its name, what it takes and its help, in the language of the process. */
    Syntax syntax();

    /**
     * Does it, with the arguments that {@link #syntax} holds by now.
     *
     * @return the exit code, see {@link ExitCode}
     * @throws io.weft.problem.UserError for the user's mistakes
     */
    int run(Streams streams);
}
