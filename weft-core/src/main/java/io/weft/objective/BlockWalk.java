package io.weft.objective;

import io.weft.data.Batch;
import io.weft.data.ExampleGroup;
import io.weft.nn.Block;
import io.weft.nn.CausalLm;
import io.weft.nn.Context;
import io.weft.nn.Documents;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

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

    /**
     * Adds the gradients of {@code scale} times the loss sum, and returns the loss sum itself. A batch without a target
     * changes nothing.
     */
    public LossSum forwardBackward(Batch batch, Objective objective, double scale) {
        int[] supervised = supervised(batch);
        return supervised.length == 0 ? LossSum.ZERO : Scope.value(() -> {
            boolean embeddingTrained = model.embedding().isTrainable();
            int lowest = embeddingTrained ? 0 : lowestTrained();
            Context context = new Documents(batch.positions(), batch.starts());
            Tensor embedded = embeddingTrained ? model.embed(batch.ids(), context)
                    : NoGrad.get(() -> model.embed(batch.ids(), context));
            boolean again = recompute.applies(model, batch.tokens());
            List<Step> steps = new ArrayList<>();
            Tensor x = embedded;
            for (int i = 0; i < model.blocks().size(); i++) {
                boolean gradientBelow = i > lowest || embeddingTrained;
                Tensor input = x.detach().trainable(gradientBelow && i >= lowest);
                Tensor output = forward(i, input, context, i >= lowest && !again);
                steps.add(new Step(input, again ? null : output));
                x = output;
            }
            float[] rowGradient = objective.gradient(supervised.length);
            for (int i = 0; i < rowGradient.length; i++) {
                rowGradient[i] *= (float) scale;
            }
            Tensor top = x.detach();
            Tensor rows = Tensor.of(supervised, supervised.length);
            Tensor picked = top.rows(rows).trainable(true);
            Tensor normed = model.norm().forward(picked);
            Tensor normedGradient = Tensor.empty(io.weft.tensor.DType.F32, normed.shape());
            float[] logProbabilities = head.forwardBackward(normed.detach(), targets(batch, supervised), rowGradient,
                    normedGradient);
            normed.backward(normedGradient);
            backward(steps, lowest, Tensor.zeros(top.shape()).copyRowsInPlace(rows, picked.gradient()), embedded,
                    context);
            return objective.loss(logProbabilities);
        });
    }

    /** The loss sum alone, without gradients. */
    public LossSum loss(Batch batch, Objective objective) {
        int[] supervised = supervised(batch);
        return supervised.length == 0 ? LossSum.ZERO
                : Scope.value(() -> objective.loss(logProbabilities(batch, supervised)));
    }

    /**
     * The loss sum of groups, a few at a time, without gradients and dropout: exact whatever the batch.
     *
     * @param batch groups in one pass
     */
    public LossSum loss(List<ExampleGroup> groups, int batch, Objective objective) {
        LossSum sum = LossSum.ZERO;
        for (int start = 0; start < groups.size(); start += batch) {
            sum = sum.plus(loss(Batch.ofGroups(groups.subList(start, Math.min(groups.size(), start + batch))),
                    objective));
        }
        return sum;
    }

    private float[] logProbabilities(Batch batch, int[] supervised) {
        return NoGrad.get(() -> {
            Tensor hidden = model.hidden(batch.ids(), new Documents(batch.positions(), batch.starts()));
            Tensor normed = model.norm().forward(hidden.rows(Tensor.of(supervised, supervised.length)));
            return head.logProbabilities(normed, targets(batch, supervised));
        });
    }

    private Tensor forward(int layer, Tensor input, Context context, boolean withGraph) {
        Block block = model.blocks().get(layer);
        return Scope.keep(() -> withGraph ? block.forward(input, layer, context)
                : NoGrad.get(() -> block.forward(input, layer, context)));
    }

    private void backward(List<Step> steps, int lowest, Tensor gradient, Tensor embedded, Context context) {
        Tensor down = gradient;
        for (int i = steps.size() - 1; i >= lowest; i--) {
            Step step = steps.get(i);
            int layer = i;
            Tensor above = down;
            Scope.run(() -> (step.output() == null ? forward(layer, step.input(), context, true) : step.output())
                    .backward(above));
            if (!step.input().isTrainable()) {
                return;
            }
            down = step.input().gradient();
        }
        if (embedded.isTrainable()) {
            embedded.backward(down);
        }
    }

    /** Index of the first block with a trained parameter; the number of blocks when there is none. */
    private int lowestTrained() {
        int lowest = 0;
        while (lowest < model.blocks().size() && !model.blocks().get(lowest).isTrained()) {
            lowest++;
        }
        return lowest;
    }

    private static int[] supervised(Batch batch) {
        return java.util.stream.IntStream.range(0, batch.tokens()).filter(i -> batch.targets()[i] != Batch.NONE)
                .toArray();
    }

    private static int[] targets(Batch batch, int[] rows) {
        return java.util.Arrays.stream(rows).map(row -> batch.targets()[row]).toArray();
    }
}
