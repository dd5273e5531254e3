package io.weft.objective;

import io.weft.data.Batch;
import io.weft.data.ExampleGroup;
import io.weft.nn.Adapters;
import io.weft.nn.Block;
import io.weft.nn.CausalLm;
import io.weft.nn.Dropout;
import io.weft.nn.Pass;
import io.weft.tensor.DType;
import io.weft.tensor.Device;
import io.weft.tensor.GradientCuts;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.LongToDoubleFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Walks a model block by block: forward, the head at supervised rows only, then backward through the blocks from the
 * top, so that nothing is computed below the lowest trained block. Gradients are added to those that are there; whoever
 * steps the optimizer divides and clears them. Belongs to the thread of its model.
 */
public final class BlockWalk {
    private final CausalLm model;
    private final Recompute recompute;
    private final TokenLoss head;

    public BlockWalk(CausalLm model) { this(model, Recompute.AUTO); }

    public BlockWalk(CausalLm model, Recompute recompute) {
        this.model = model;
        this.recompute = recompute;
        head = new TokenLoss(model);
    }

    /**
     * One block's part of the graph.
     *
     * @param input where its gradient arrives when something below is trained
     * @param output null where it is computed once more
     */
    private record Step(Tensor input, Tensor output) {}

    /** One scale whatever was counted, and no dropout. */
    public LossSum forwardBackward(Batch batch, Objective objective, double scale) {
        return forwardBackward(batch, objective, count -> scale, Dropout.NONE);
    }

    /**
     * Adds the gradients of {@code scale} times the loss sum, and returns the loss sum itself. A batch without a target
     * changes nothing.
     *
     * @param scale given the number of what the objective counts in this batch
     */
    public LossSum forwardBackward(Batch given, Objective objective, LongToDoubleFunction scale, Dropout dropout) {
        Batch batch = placed(given, Adapters.DEFAULT, isAlone(objective));
        Places places = places(batch, objective);
        return places.count() == 0 ? LossSum.ZERO : onDevice(() -> {
            Targets unknown = targets(given, batch, places, objective);
            Pass asked = pass(batch, Adapters.DEFAULT).with(dropout);
            List<CausalLm.Fed> fed = model.feed(asked);
            Upstream upstream = new Upstream();
            // What is fed to the embedding is part of its graph; what is fed to blocks is a leaf of theirs.
            Tensor embedded = model.embed(batch.ids(), CausalLm.Fed.into(asked, fed, UnaryOperator.identity()));
            Tensor x = upstream.leaf(embedded);
            Pass pass = CausalLm.Fed.into(asked, fed, upstream::leaf);
            int lowest = x.isTrainable() ? 0 : lowestTrained(pass);
            boolean again = recompute.applies(model, batch.tokens());
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < model.blocks().size(); i++) {
                Tensor input = i == 0 ? x : x.detach().trainable(i > lowest);
                Tensor output = forward(i, input, pass, i >= lowest && !again);
                steps.add(new Step(input, again ? null : output));
                x = output;
            }
            Tensor top = x.detach();
            Tensor rows = Tensor.of(places.tokens(), places.count());
            Tensor picked = top.rows(rows).trainable(true);
            Pass chosen = pass.ofTokens(places.tokens());
            Tensor normed = model.norm().forward(picked, chosen);
            Tensor normedGradient = Tensor.empty(DType.F32, normed.shape());
            Targets seen = objective.dependsOnLogProbabilities()
                    ? unknown.with(head.read(normed.detach(), places.ids(), chosen, unknown.candidates())) : unknown;
            double factor = scale.applyAsDouble(objective.loss(seen).count());
            TokenLoss.Said said = head.forwardBackward(normed.detach(), places.ids(), chosen,
                    scaled(objective.gradient(seen), factor), unknown.candidates(),
                    scaled(objective.candidateGradient(seen), factor), normedGradient);
            normed.backward(normedGradient);
            backward(steps, lowest, Tensor.zeros(top.type(), top.shape()).copyRowsInPlace(rows, picked.gradient()),
                    pass);
            upstream.backward();
            return objective.loss(unknown.with(said));
        });
    }

    /** In a scope of its own. */
    private <T> T onDevice(Supplier<T> body) { return Device.value(model.device(), () -> Scope.value(body)); }

    private static float[] scaled(float[] gradient, double scale) {
        float[] scaled = new float[gradient.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = gradient[i] * (float) scale;
        }
        return scaled;
    }

    /**
     * The batch with the tokens that adapters want before each document.
     *
     * @param firsts whether what stands there may predict a document's first token; the model without tuning cannot,
     *     so whoever compares the two leaves it out
     */
    private Batch placed(Batch batch, Adapters adapters, boolean firsts) {
        int[] before = IntStream.range(0, batch.documents()).map(n -> model.placeholders(adapters.of(n))).toArray();
        return Arrays.stream(before).allMatch(count -> count == 0) ? batch : batch.after(before, firsts);
    }

    private static Pass pass(Batch batch, Adapters adapters) {
        return Pass.of(batch.positions(), batch.starts()).with(adapters);
    }

    /** The loss sum alone, with the default adapter. */
    public LossSum loss(Batch batch, Objective objective) { return loss(batch, objective, Adapters.DEFAULT); }

    /** The loss sum alone, without gradients and dropout. */
    public LossSum loss(Batch given, Objective objective, Adapters adapters) {
        Batch batch = placed(given, adapters, isAlone(objective));
        Places places = places(batch, objective);
        return places.count() == 0 ? LossSum.ZERO
                : objective.loss(read(batch, places, adapters, targets(given, batch, places, objective)));
    }

    /** {@link #loss(List, int, Objective, Adapters)} with the default adapter. */
    public LossSum loss(List<ExampleGroup> groups, int batch, Objective objective) {
        return loss(groups, batch, objective, Adapters.DEFAULT);
    }

    /**
     * The loss sum of groups, a few at a time, without gradients and dropout: exact whatever the batch.
     *
     * @param batch groups in one pass
     */
    public LossSum loss(List<ExampleGroup> groups, int batch, Objective objective, Adapters adapters) {
        LossSum sum = LossSum.ZERO;
        for (LossSum row : losses(groups, batch, objective, adapters)) {
            sum = sum.plus(row);
        }
        return sum;
    }

    /**
     * The loss sum of each group, as {@link #loss(List, int, Objective, Adapters)} adds them up; of each group that an
     * objective makes of them, where it makes its own.
     */
    public List<LossSum> losses(List<ExampleGroup> groups, int batch, Objective objective, Adapters adapters) {
        List<List<ExampleGroup>> batches = new ArrayList<>();
        for (int start = 0; start < groups.size(); start += batch) {
            batches.add(groups.subList(start, Math.min(groups.size(), start + batch)));
        }
        Objective.Step prepared = objective.prepare(new Objective.Step(batches, objective),
                new Measuring(adapters, StepContext.EVALUATION));
        List<LossSum> losses = new ArrayList<>();
        for (List<ExampleGroup> rows : prepared.microBatches()) {
            losses.addAll(each(Batch.ofGroups(rows), rows.size(), prepared.objective(), adapters));
        }
        return losses;
    }

    /** The loss sum of each row. */
    private List<LossSum> each(Batch given, int rows, Objective objective, Adapters adapters) {
        Batch batch = placed(given, adapters, isAlone(objective));
        Places places = places(batch, objective);
        if (places.count() == 0) {
            return Collections.nCopies(rows, LossSum.ZERO);
        }
        Targets all = read(batch, places, adapters, targets(given, batch, places, objective));
        return IntStream.range(0, rows).mapToObj(all::ofRow).map(of -> of.count() == 0 ? LossSum.ZERO
                : objective.loss(of)).toList();
    }

    /**
     * What a step is to go through, once the objective has looked at its rows with the weights of this moment.
     *
     * @param number of the step, from 0
     */
    public Objective.Step prepared(List<List<ExampleGroup>> microBatches, Objective objective, long number) {
        return objective.prepare(new Objective.Step(microBatches, objective), new Measuring(Adapters.DEFAULT, number));
    }

    /** See {@link StepContext}. */
    private final class Measuring implements StepContext {
        private final Adapters adapters;
        private final long step;

        Measuring(Adapters adapters, long step) {
            this.adapters = adapters;
            this.step = step;
        }

        @Override public CausalLm model() { return model; }

        @Override public Adapters adapters() { return adapters; }

        @Override public long step() { return step; }

        @Override public double[] logProbabilities(List<ExampleGroup> groups, Adapters through) {
            Batch batch = placed(Batch.ofGroups(groups), through, false);
            Places places = Places.of(batch, model.readout());
            return read(batch, places, through, places.unknown(batch)).byDocument();
        }
    }

    /** Where the batch asks the head. */
    private Places places(Batch batch, Objective objective) {
        if (objective.readout() != model.readout()) {
            throw new IllegalStateException(objective.name() + " learns from " + objective.readout()
                    + ", and the model says " + model.readout());
        }
        return Places.of(batch, objective);
    }

    /** Whether nothing else is compared with what the model says. */
    private static boolean isAlone(Objective objective) {
        return !objective.wantsReference() && objective.taughtBy().isEmpty();
    }

    /** Where the targets belong, and what other models give them: all of it that needs no log-probability. */
    private Targets targets(Batch given, Batch batch, Places places, Objective objective) {
        Targets targets = places.unknown(batch);
        Places asGiven = isAlone(objective) ? places : places(given, objective);
        Targets compared = objective.wantsReference() ? targets.withReference(
                read(given, asGiven, Adapters.NONE, targets).logProbabilities()) : targets;
        return objective.taughtBy().map(teacher -> compared.withCandidates(
                new BlockWalk(teacher.model()).likeliest(given, asGiven, teacher))).orElse(compared);
    }

    /** With what the head says, through all blocks and without a graph. */
    private Targets read(Batch batch, Places places, Adapters adapters, Targets unknown) {
        return unknown.with(atPlaces(batch, places, adapters, (normed, rows) ->
                head.read(normed, places.ids(), rows, unknown.candidates())));
    }

    /** What the model finds likeliest at the places, see {@link Teacher}. */
    private Candidates likeliest(Batch batch, Places places, Teacher as) {
        return atPlaces(batch, places, Adapters.NONE, (normed, rows) -> head.likeliest(normed, rows, as));
    }

    /** @param reading given [N, D] after the final norm, and those N of the pass */
    private <T> T atPlaces(Batch batch, Places places, Adapters adapters, BiFunction<Tensor, Pass, T> reading) {
        return NoGrad.get(() -> onDevice(() -> {
            Pass pass = pass(batch, adapters), rows = pass.ofTokens(places.tokens());
            Tensor picked = model.hidden(batch.ids(), pass).rows(Tensor.of(places.tokens(), places.count()));
            return reading.apply(model.norm().forward(picked, rows), rows);
        }));
    }

    private Tensor forward(int layer, Tensor input, Pass pass, boolean withGraph) {
        Block block = model.blocks().get(layer);
        return Scope.keep(() -> withGraph ? block.forward(input, layer, pass)
                : NoGrad.get(() -> block.forward(input, layer, pass)));
    }

    private void backward(List<Step> steps, int lowest, Tensor gradient, Pass pass) {
        Tensor down = gradient;
        for (int i = steps.size() - 1; i >= lowest; i--) {
            Step step = steps.get(i);
            int layer = i;
            Tensor above = down;
            Scope.run(() -> {
                if (step.output() == null) {
                    GradientCuts.backward(() -> forward(layer, step.input(), pass, true), above);
                } else {
                    step.output().backward(above);
                }
            });
            down = step.input().isTrainable() ? step.input().gradient() : null;
        }
    }

    /** Index of the first block in which something is trained; the number of blocks when there is none. */
    private int lowestTrained(Pass pass) {
        int lowest = 0;
        while (lowest < model.blocks().size() && !model.blocks().get(lowest).isTrained()
                && !pass.isTrainedAt(lowest)) {
            lowest++;
        }
        return lowest;
    }
}
