package io.weft.app.command;

import io.weft.app.terminal.Streams;

/**
 * One command of {@code weft}, in a file of its own: its annotations say what it takes, the bundles {@code Help} and
 * {@code Help_zh} beside it what that is for. Made anew for every start; a new one is a line in {@link Commands}.
 */
public interface Verb {
    /**
     * Does it, with the arguments that its fields hold by now.
     *
     * @return the exit code, see {@link io.weft.app.terminal.ExitCode}
     * @throws io.weft.problem.UserError for the user's mistakes
     */
    int run(Streams streams);
}
