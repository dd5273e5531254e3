package io.weft.run;

import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Saved;
import io.weft.run.RunEvent.Started;
import io.weft.run.RunEvent.StepDone;
import io.weft.train.TrainSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Events as a trainer sends them, with a loss that falls and wavers. */
public final class SomeRun {
    private SomeRun() {}

    /** @param evalEvery 0 for a run without evaluation */
    public static List<RunEvent> of(int steps, int stepsPerEpoch, int evalEvery) {
        var random = new Random(1);
        var schedule = TrainSettings.DEFAULTS.optimizer().over(2e-4, steps);
        List<RunEvent> events = new ArrayList<>();
        events.add(new Started(0, steps, stepsPerEpoch, 16 * stepsPerEpoch, evalEvery == 0 ? 0 : 40, 4_884_480,
                139_399_488, false));
        double best = Double.POSITIVE_INFINITY, sum = 0;
        int bestStep = -1;
        for (int step = 1; step <= steps; step++) {
            double loss = 1.4 + 1.9 * Math.exp(-6.0 * step / steps) + 0.12 * random.nextGaussian();
            sum += loss;
            events.add(new StepDone(step, (double) step / stepsPerEpoch, loss, 0.5 + random.nextDouble(),
                    schedule.at(step - 1), 900 + step, 4000 + step, 1.5));
            if (evalEvery > 0 && (step % evalEvery == 0 || step == steps)) {
                double heldOut = 1.55 + 1.7 * Math.exp(-7.0 * step / steps) + 0.25 * Math.pow((double) step / steps, 3);
                events.add(new Evaluated(step, (double) step / stepsPerEpoch, heldOut, 4000, 40, heldOut < best, 3.25));
                if (heldOut < best) {
                    best = heldOut;
                    bestStep = step;
                    events.add(new Saved(step, String.format("checkpoints/step-%08d", step)));
                }
            }
        }
        events.add(new Finished(steps, Finished.Reason.DONE, sum / steps, bestStep, bestStep < 0 ? Double.NaN : best,
                1.5 * steps));
        return events;
    }
}
