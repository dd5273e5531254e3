package io.weft.app.watch;

import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.StepDone;

/**
 * How fast a run goes: over the last steps for tokens, over everything this process did, evaluations among it, for the
 * time left.
 */
final class Speed {
    // seconds; a step of a toy model may be shorter than the clock's tick
    private static final double SHORTEST = 1e-9;
    private static final double MEMORY = 0.9;      // weight of the past: about the last ten steps count
    private double tokens, seconds, allSeconds;
    private int steps;

    static double tokensPerSecond(StepDone done) { return done.tokens() / Math.max(SHORTEST, done.seconds()); }

    void add(StepDone done) {
        tokens = MEMORY * tokens + done.tokens();
        seconds = MEMORY * seconds + done.seconds();
        allSeconds += done.seconds();
        steps++;
    }

    void add(Evaluated evaluated) { allSeconds += evaluated.seconds(); }

    double tokensPerSecond() { return tokens / Math.max(SHORTEST, seconds); }

    /** Seconds of steps and evaluations in this process. */
    double elapsed() { return allSeconds; }

    /** Seconds that so many more steps will take. */
    double left(int stepsLeft) { return steps == 0 ? 0 : allSeconds / steps * stepsLeft; }
}
