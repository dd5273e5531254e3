package io.weft.train;

import io.weft.objective.Objective;
import io.weft.objective.Sft;
import io.weft.run.Cadence;
import io.weft.settings.Choice;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Values.Seed;

import static io.weft.problem.Translatable.text;

/**
 * The {@code train:} part of a recipe, in which all of these settings stand side by side; the defaults are the
 * tutorial's.
 *
 * @param objective what is minimised
 * @param cadence   how often a run tells, judges and saves
 * @param average   what weighs the same in a step's loss
 * @param seed      of the split, the order of the rows, the first values, dropout
 */
public record TrainSettings(Objective objective, Batching batching, OptimizerSettings optimizer, Cadence cadence,
        Average average, ComputeSettings compute, long seed) {
    public static final TrainSettings DEFAULTS = new TrainSettings(new Sft(), Batching.SECTION.defaults(),
            OptimizerSettings.SECTION.defaults(), Cadence.SECTION.defaults(), Average.TOKENS,
            ComputeSettings.SECTION.defaults(), 42);
    private static final Section<TrainSettings> SECTION = Section.of("train", DEFAULTS, text("how training goes"),
            Choice.of("objective", Objectives.TABLE,
                    text("learn the completions, or every token of plain text (which trains every weight)"),
                    text("a run has one objective")).brief(),
            Batching.SECTION, OptimizerSettings.SECTION, Cadence.SECTION,
            Setting.of("average", OneOf.of(Average.class),
                    text("what weighs the same in a step's loss; microBatches only for parity with older trainers"))
                    .fixed(text("the losses so far were averaged by it")),
            ComputeSettings.SECTION,
            Setting.of("seed", new Seed(),
                    text("random seed: the split, the order of the rows, the first values, dropout"))
                    .fixed(text("the split and the order of the rows come from it: some would be seen twice, others "
                    + "never")));

    /** Every setting with its bounds. */
    public Section<TrainSettings> section() { return SECTION; }

    public TrainSettings withObjective(Objective other) {
        return new TrainSettings(other, batching, optimizer, cadence, average, compute, seed);
    }

    public TrainSettings withBatching(Batching other) {
        return new TrainSettings(objective, other, optimizer, cadence, average, compute, seed);
    }

    public TrainSettings withOptimizer(OptimizerSettings other) {
        return new TrainSettings(objective, batching, other, cadence, average, compute, seed);
    }

    public TrainSettings withCadence(Cadence other) {
        return new TrainSettings(objective, batching, optimizer, other, average, compute, seed);
    }

    public TrainSettings withAverage(Average other) {
        return new TrainSettings(objective, batching, optimizer, cadence, other, compute, seed);
    }

    public TrainSettings withSeed(long other) {
        return new TrainSettings(objective, batching, optimizer, cadence, average, compute, other);
    }

    public TrainSettings withCompute(ComputeSettings other) {
        return new TrainSettings(objective, batching, optimizer, cadence, average, other, seed);
    }
}
