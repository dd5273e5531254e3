package io.weft;

import io.weft.data.ExampleGroup;
import io.weft.data.Rows;
import io.weft.nn.CausalLm;
import io.weft.objective.BlockWalk;
import io.weft.objective.Objective;
import io.weft.recipe.Recipe;
import io.weft.run.RunEvent.StepDone;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Tensor;
import io.weft.train.AdamW;
import io.weft.train.Optimizer;
import io.weft.train.RateCurve;
import io.weft.train.RateSweep;
import io.weft.train.TrainState;
import io.weft.train.Trainer;
import io.weft.train.TrainingPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Steps of a run at rising learning rates, after which its weights are what they were. Belongs to their thread. */
record SweepWalk(CausalLm model, Objective objective, Recipe recipe, Rows rows, TrainingPlan plan) {
    /** Ends early where the loss is twice what it was. @param told each point when it is measured */
    RateCurve over(RateSweep sweep, Consumer<RateCurve.Point> told) {
        Map<String, Tensor> before = new LinkedHashMap<>();
        model.tuned().forEach((name, tensor) -> before.put(name, tensor.detach().copy()));
        // the last step shows what the highest rate did
        TrainingPlan steps = new TrainingPlan(rows.count(), plan.batch(), plan.accumulate(), sweep.steps() + 1,
                plan.order());
        double[] untouched = IntStream.range(0, steps.steps()).mapToDouble(step -> loss(steps.microBatches(step)))
                .toArray();
        Optimizer optimizer = sweep.over(new AdamW(model.tuned(), recipe.train().optimizer().weightDecay(),
                recipe.tuning()::learningRateFactor));
        List<RateCurve.Point> points = new ArrayList<>();
        Trainer[] trainer = new Trainer[1];
        trainer[0] = new Trainer(new Trainer.Job(model, objective, recipe.train(), sweep.to(), rows, List.of(), steps),
                optimizer, TrainState.START, event -> {
            if (event instanceof StepDone done && done.step() > 1) {
                var point = new RateCurve.Point(sweep.at(done.step() - 2), done.loss(), untouched[done.step() - 1]);
                points.add(point);
                told.accept(point);
                if (!(point.change() < 1)) {
                    trainer[0].requestStop();
                }
            }
        }, (state, moments) -> "");
        trainer[0].run();
        NoGrad.run(() -> model.tuned().forEach((name, tensor) -> tensor.copyFrom(before.get(name))));
        return new RateCurve(points);
    }

    private double loss(List<int[]> microBatches) {
        List<ExampleGroup> groups = microBatches.stream().flatMapToInt(Arrays::stream).boxed()
                .flatMap(row -> rows.get(row).stream()).toList();
        return new BlockWalk(model).loss(groups, plan.batch(), objective).mean();
    }
}
