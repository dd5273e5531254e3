package io.weft.estimate;

import io.weft.data.Batch;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.model.WeightLoading;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.Dropout;
import io.weft.objective.BlockWalk;
import io.weft.objective.Objective;
import io.weft.objective.Recompute;
import io.weft.objective.Sft;
import io.weft.tensor.Scope;
import io.weft.train.AdamW;
import io.weft.tune.Full;
import io.weft.tune.Lora;
import io.weft.tune.TrainedHead;
import io.weft.tune.Tuning;
import io.weft.tune.lora.LoraForm;
import io.weft.tune.lora.LoraPlaces;
import java.util.ArrayList;
import java.util.List;

/**
 * What a pass costs, measured on a few blocks of the model's own shapes whose weights say nothing: seconds of the same
 * code that trains, so whatever the machine, the method and the settings are, they are in it.
 *
 * @param blockToken   seconds of a token in a block, forward and backward  @param blockForward of the same without a
 *     graph  @param headTarget seconds of a target in the head  @param parameter of a trained one in a step
 * @param pass        seconds of a pass beside its blocks and targets, such as for gradients of a trained embedding
 */
public record Rehearsal(double blockToken, double blockForward, double headTarget, double parameter, double pass) {
    private static final int BLOCKS = 3, TIMES = 2;
    /** Tokens of a rehearsed pass: fewer multiply at another rate, more take longer and tell no more. */
    private static final int LEAST = 64, MOST = 1024;
    /** After so long no pass is repeated. */
    private static final double PATIENCE = 2;

    /** How a run computes. */
    public record Way(Tuning tuning, WeightLoading loading, Recompute recompute,
            Objective objective) {}

    /** @param rows that a pass of the run might hold */
    static Rehearsal of(ModelFolder base, Way way, List<ExampleGroup> rows) {
        return Scope.value(() -> {
            CausalLm model = base.rehearsed(BLOCKS, way.loading());
            Tuning tuning = onAllBlocks(way.tuning());
            tuning.attach(model, 0, text -> new int[] {0});
            TrainedHead.attach(model, tuning);
            Objective objective = model.readout().isOfRows() ? way.objective() : new Sft();
            List<ExampleGroup> some = some(rows);
            Batch batch = Batch.ofGroups(some), hardly = Batch.ofGroups(some.stream()
                    .map(Rehearsal::withOneTarget).toList());
            var walk = new BlockWalk(model, way.recompute());
            var optimizer = new AdamW(model.tuned(), 0);
            int blocks = model.blocks().size(), tokens = batch.tokens();
            Dropout dropout = Dropout.of(0, 0);
            Runnable whole = () -> walk.forwardBackward(batch, objective, count -> 1, dropout);
            double with = seconds(whole);
            double without = Math.min(with, seconds(() ->
                    walk.forwardBackward(hardly, objective, count -> 1, dropout)));
            long begun = System.nanoTime();
            optimizer.step(0, 1, 1);   // with the gradients of the passes before
            double step = (System.nanoTime() - begun) / 1e9;
            double beside = blocks == 1 ? 0 : Math.max(0, without - blocks * (without
                    - ofOneBlock(base, way, hardly, objective)) / (blocks - 1));
            double forward = Math.min(without, seconds(() -> walk.loss(hardly, objective)));
            int targets = Math.max(1, batch.trainedTokens() - hardly.trainedTokens());
            return new Rehearsal((without - beside) / blocks / tokens, forward / blocks / tokens,
                    (with - without) / targets, step / Math.max(1, model.trainedCount()), beside);
        });
    }

    /** Seconds of the same pass through one block. */
    private static double ofOneBlock(ModelFolder base, Way way, Batch batch, Objective objective) {
        return Scope.value(() -> {
            CausalLm model = base.rehearsed(1, way.loading());
            Tuning tuning = onAllBlocks(way.tuning());
            tuning.attach(model, 0, text -> new int[] {0});
            TrainedHead.attach(model, tuning);
            var walk = new BlockWalk(model, way.recompute());
            return seconds(() -> walk.forwardBackward(batch, objective, count -> 1, Dropout.of(0, 0)));
        });
    }

    /** The same method where it begins cheaply, and where no block is left out: those are counted, not timed. */
    private static Tuning onAllBlocks(Tuning tuning) {
        if (tuning instanceof Lora lora) {
            return lora.with(new LoraPlaces(lora.places().exclude(), List.of(), lora.places().rankPattern(),
                    lora.places().alphaPattern())).with(new LoraForm(lora.form().rslora(), lora.form().dora(),
                    LoraForm.Start.KAIMING, lora.form().plusRatio()));
        }
        return tuning.isAdapter() ? tuning : new Full();
    }

    /** As many as make a pass of a usual size, the first whatever its length. */
    private static List<ExampleGroup> some(List<ExampleGroup> rows) {
        List<ExampleGroup> some = new ArrayList<>();
        int tokens = 0;
        for (int i = 0; tokens < LEAST || i < rows.size(); i++) {
            ExampleGroup next = rows.get(i % rows.size());
            if (tokens > 0 && tokens + next.length() > MOST) {
                break;
            }
            some.add(next);
            tokens += next.length();
        }
        return some;
    }

    /** So that the head is hardly asked. */
    private static ExampleGroup withOneTarget(ExampleGroup group) {
        List<Example> documents = new ArrayList<>();
        for (Example document : group.documents()) {
            boolean[] trained = new boolean[document.length()];
            int last = document.length() - 1;
            trained[last] = document.trained()[last];
            documents.add(new Example(document.ids(), trained));
        }
        return new ExampleGroup(documents, group.values());
    }

    /** Of the quickest of a few times, after one that warms up. */
    private static double seconds(Runnable work) {
        double least = Double.POSITIVE_INFINITY, spent = 0;
        for (int i = 0; i <= TIMES && (i == 0 || spent < PATIENCE); i++) {
            long begun = System.nanoTime();
            work.run();
            double seconds = (System.nanoTime() - begun) / 1e9;
            spent += seconds;
            least = Math.min(least, seconds);
        }
        return least;
    }
}
