package io.weft.app.watch;

import io.weft.TrainingRun;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.Signals;
import java.io.PrintStream;

import static io.weft.problem.Language.say;

/**
 * Ctrl-C, SIGTERM or SIGHUP while a run is being made ready, judged or trained: the first asks it to finish its step
 * and commit, the second ends the process at once.
 */
public final class StopRequest implements AutoCloseable {
    private final PrintStream err;
    private final Signals signals = Signals.any(this::signalled);
    private Runnable stop;
    private boolean asked;

    public StopRequest(PrintStream err) { this.err = err; }

    /** The run to stop; at once, when that was asked for while it was being made ready. */
    public void watch(TrainingRun run) { watch(run::requestStop); }

    /** The same. @param stop asks for it, from any thread */
    public synchronized void watch(Runnable stop) {
        this.stop = stop;
        if (asked) {
            stop.run();
        }
    }

    public synchronized boolean isAsked() { return asked; }

    private synchronized void signalled() {
        if (asked) {
            // What is committed stays; halt, because an orderly exit would wait for the step.
            Runtime.getRuntime().halt(ExitCode.RESUMABLE);
        }
        asked = true;
        err.println();
        err.println(say("stopping as soon as what is done is saved; once more quits at once"));
        if (stop != null) {
            stop.run();
        }
    }

    @Override public void close() { signals.close(); }
}
