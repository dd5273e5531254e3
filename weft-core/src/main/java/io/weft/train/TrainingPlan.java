package io.weft.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Which rows each optimizer step sees: a pure function of the step, so a resumed run needs nothing but its number. An
 * epoch visits every row once; its last step may hold fewer micro-batches, and its last micro-batch fewer rows.
 *
 * @param rows       training rows (packs when packing)
 * @param batch rows in a micro-batch
 * @param accumulate micro-batches in a step
 * @param steps      optimizer steps in all
 * @param order      the rows of an epoch, counted from 0, in the order of their visit
 */
public record TrainingPlan(int rows, int batch, int accumulate, int steps, IntFunction<int[]> order) {
    /** The plan of these settings: {@code steps} when given, else the epochs'. */
    public static TrainingPlan of(int rows, Batching settings, IntFunction<int[]> order) {
        int perEpoch = stepsPerEpoch(rows, settings.batch(), settings.accumulate());
        int steps = settings.steps().orElse((int) Math.ceil(settings.epochs() * perEpoch));
        return new TrainingPlan(rows, settings.batch(), settings.accumulate(), steps, order);
    }

    private static int stepsPerEpoch(int rows, int batch, int accumulate) {
        return ceil(ceil(rows, batch), accumulate);
    }

    public int stepsPerEpoch() { return stepsPerEpoch(rows, batch, accumulate); }

    /** Epochs done after so many steps. */
    public double epochs(int step) { return (double) step / stepsPerEpoch(); }

    /** The rows of each micro-batch of the step that follows {@code step} finished ones. */
    public List<int[]> microBatches(int step) {
        int[] visited = order.apply(step / stepsPerEpoch());
        int first = step % stepsPerEpoch() * accumulate * batch;
        List<int[]> microBatches = new ArrayList<>();
        for (int i = 0; i < accumulate && first + i * batch < rows; i++) {
            microBatches.add(Arrays.copyOfRange(visited, first + i * batch, Math.min(rows, first + (i + 1) * batch)));
        }
        return microBatches;
    }

    private static int ceil(int a, int b) { return (a + b - 1) / b; }
}
