package io.weft.train;

/** Hears every event of a run, on the trainer's thread, in order. The trainer waits for it, so be quick; what it throws ends the run. */
@FunctionalInterface
public interface RunListener {
    void on(RunEvent event);
}
