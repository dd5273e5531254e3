package io.weft;

import io.weft.data.ExampleGroup;
import io.weft.data.Rows;
import io.weft.model.WeightPlacement;
import io.weft.model.folder.BrokenWeight;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.objective.BlockWalk;
import io.weft.objective.LossSum;
import io.weft.objective.Objective;
import io.weft.recipe.Recipe;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Finished.Reason;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunEvents;
import io.weft.tensor.Scope;
import io.weft.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Looks closer at a run where the trainer's numbers do not tell enough: why a loss is not finite, and whether what came
 * of the run is better than the untouched model and than guessing. Belongs to the thread of the model.
 *
 * @param plan what the rows of each step are  @param objective as it works in the run
 * @param told the events so far
 * @param text what ids say
 */
record RunJudge(CausalLm model, ModelFolder base, Plan plan, Objective objective, Rows rows,
        List<ExampleGroup> heldOut, Supplier<RunEvents> told, Function<int[], String> text) implements Trainer.Judge {
    /** Steps whose rows are judged where none are held out: enough of them to see through the noise of a batch. */
    private static final int LAST_STEPS = 10;
    /** Losses are printed with four digits; what is closer is the same. */
    private static final double SAME = 5e-5;
    private static final int SHOWN = 60;

    private Recipe recipe() { return plan.recipe(); }

    /** The base first, then whether some rows alone do it; nothing where all rows do and weights were changed. */
    @Override public Optional<Trainer.Cause> cause(int step, int updates, int inARow, List<int[]> microBatches) {
        Optional<BrokenWeight> broken = base.brokenWeight();
        if (broken.isPresent()) {
            return Optional.of(new Trainer.Cause(Warned.of(step, "base.notFinite", broken.get().tensor(),
                    broken.get().file()), true));
        }
        int[] all = microBatches.stream().flatMapToInt(Arrays::stream).toArray();
        int[] bad = Arrays.stream(all).filter(row -> !loss(List.of(row)).isFinite()).toArray();
        if (bad.length > 0 && bad.length < all.length) {
            return Optional.of(new Trainer.Cause(Warned.of(step, "rows.notFinite", inARow, Trainer.NOT_FINITE_LIMIT,
                    Arrays.toString(bad), beginning(bad[0])), false));
        }
        return updates > 0 ? Optional.empty() : Optional.of(new Trainer.Cause(Warned.of(step, "start.notFinite",
                inARow, Trainer.NOT_FINITE_LIMIT, Arrays.toString(all),
                recipe().train().compute().precision().word()), false));
    }

    private LossSum loss(List<Integer> numbers) {
        List<ExampleGroup> groups = numbers.stream().flatMap(row -> rows.get(row).stream()).toList();
        return new BlockWalk(model).loss(groups, groups.size(), objective);
    }

    private String beginning(int row) {
        String said = text.apply(rows.get(row).get(0).documents().get(0).ids()).strip().replaceAll("\\s+", " ");
        return said.codePointCount(0, said.length()) <= SHOWN ? said
                : said.substring(0, said.offsetByCodePoints(0, SHOWN)) + "…";
    }

    @Override public Finished end(Finished finished, Consumer<Warned> warn) {
        if (finished.reason() == Reason.STOPPED || finished.step() == 0
                || finished.reason() == Reason.DIVERGED && finished.bestStep() < 0) {
            return finished;
        }
        return heldOut.isEmpty() ? judgedByTraining(finished, warn) : judgedByHeldOut(finished, warn);
    }

    private Finished judgedByHeldOut(Finished finished, Consumer<Warned> warn) {
        if (finished.bestStep() < 0) {
            return finished.ending(Reason.DIVERGED);   // each evaluation was told to be no number
        }
        double untouched = untouched(heldOut), guess = guess(), kept = finished.bestLoss();
        double last = told.get().evaluations().stream().reduce((earlier, later) -> later).map(Evaluated::loss)
                .orElse(kept);
        Finished judged = finished.comparedWith(untouched);
        if (isAbove(kept, Math.min(untouched, guess))) {
            warn.accept(objective.makesAnswers()
                    ? Warned.of(finished.step(), "reward.worse", -kept, finished.bestStep(), -untouched, rate())
                    : isAbove(kept, untouched)
                    ? Warned.of(finished.step(), kept > guess ? "result.guessing" : "result.worse", kept,
                    finished.bestStep(), untouched, rate(), guess)
                    : Warned.of(finished.step(), "result.unlearned", kept, finished.bestStep(), untouched, guess));
            return finished.reason() == Reason.DIVERGED ? judged
                    : judged.ending(isAbove(kept, untouched) ? Reason.WORSE : Reason.UNLEARNED);
        }
        if (finished.reason() == Reason.DONE && isAbove(last, Math.min(untouched, guess))) {
            warn.accept(objective.makesAnswers()
                    ? Warned.of(finished.step(), "reward.lastWorse", -last, -untouched, finished.bestStep(), -kept,
                    rate())
                    : Warned.of(finished.step(), last > untouched ? "last.worse" : "last.guessing", last,
                    last > untouched ? untouched : guess, finished.bestStep(), kept, rate()));
            return judged.ending(Reason.SPOILT);
        }
        return judged;
    }

    /** By the rows of the last steps, with and without what was tuned. */
    private Finished judgedByTraining(Finished finished, Consumer<Warned> warn) {
        List<ExampleGroup> last = new ArrayList<>();
        int first = Math.max(0, finished.step() - LAST_STEPS);
        for (int step = first; step < finished.step(); step++) {
            plan.steps().microBatches(step).forEach(batch -> Arrays.stream(batch).forEach(row ->
                    last.addAll(rows.get(row))));
        }
        double tuned = loss(model, last, Adapters.DEFAULT), untouched = untouched(last), guess = guess();
        if (!isAbove(tuned, Math.min(untouched, guess))) {
            return finished;
        }
        warn.accept(objective.makesAnswers()
                ? Warned.of(finished.step(), "reward.trainingWorse", -tuned, finished.step() - first, -untouched,
                rate())
                : Warned.of(finished.step(), isAbove(tuned, untouched) ? tuned > guess ? "training.guessing"
                : "training.worse" : "training.unlearned", tuned, finished.step() - first, untouched, rate(), guess));
        return finished.reason() == Reason.DIVERGED ? finished
                : finished.ending(isAbove(tuned, untouched) ? Reason.WORSE : Reason.UNLEARNED);
    }

    private static boolean isAbove(double loss, double limit) { return !(loss < limit + SAME); }

    private double rate() { return recipe().train().optimizer().learningRate().orElseThrow(); }

    /** Of every choice alike; no bound where the loss is not that of a choice. */
    private double guess() {
        return objective.guess(model).orElse(Double.POSITIVE_INFINITY);
    }

    /**
     * What the base makes of rows. An adapter steps aside; after full tuning the base is mapped from its files once
     * more, which takes no memory of the process's own, or made anew from the seed where it has none.
     */
    private double untouched(List<ExampleGroup> groups) {
        if (recipe().tuning().isAdapter()) {
            return loss(model, groups, Adapters.NONE);
        }
        return Scope.value(() -> loss(base.hasWeights() ? base.load(WeightPlacement.MAPPED)
                : base.initialise(recipe().train().seed()), groups, Adapters.DEFAULT));
    }

    private double loss(CausalLm of, List<ExampleGroup> groups, Adapters adapters) {
        return new BlockWalk(of).loss(groups, recipe().train().batching().batch(), objective, adapters).mean();
    }
}
