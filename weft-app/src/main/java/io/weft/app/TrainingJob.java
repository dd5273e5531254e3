package io.weft.app;

import io.weft.TrainingRun;
import io.weft.train.ConsoleProgress;
import io.weft.train.RunEvent.Finished;
import io.weft.train.RunListener;
import io.weft.train.TrainSettings;
import java.io.PrintStream;
import java.util.function.Function;

/** Trains before the user's eyes: says what is done with which rows, shows how it goes on, and tells what came out. */
record TrainingJob(Streams streams, boolean json, TrainSettings settings) {
    /** @param making a new run, or one that goes on  @return the exit code */
    int run(Function<RunListener, TrainingRun> making) {
        PrintStream told = json ? streams.err() : streams.out();
        try (var stop = new StopRequest(streams.err()); var progress = ConsoleProgress.on(told, settings.logEvery()); TrainingRun run = making.apply(progress)) {
            stop.watch(run);
            new RunOpening(run, settings).print(told);
            Finished finished = run.train();
            progress.close();
            var outcome = new RunOutcome(run, finished);
            outcome.print(told);
            if (json) {
                streams.out().println(outcome.json());
            }
            return outcome.exitCode();
        }
    }
}
