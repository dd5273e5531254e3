package io.weft.run;

/**
 * Hears every event of a run, on the trainer's thread, in order, after it is in the event log. The trainer waits for
 * it, so be quick; what it throws ends the run.
 */
@FunctionalInterface
public interface RunListener {
    void on(RunEvent event);

    /** Both, this one first. */
    default RunListener and(RunListener next) {
        return event -> {
            on(event);
            next.on(event);
        };
    }
}
