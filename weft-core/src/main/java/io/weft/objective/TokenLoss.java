package io.weft.objective;

import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.nn.Weight;
import io.weft.tensor.DType;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The head at supervised rows only, in chunks, so that the logits of a whole batch never exist: log-probabilities
 * forward, and a gradient for each row's log-probability back to the hidden states in the same pass.
 */
final class TokenLoss {
    private static final long CHUNK_BYTES = 64L << 20;
    private final CausalLm model;

    TokenLoss(CausalLm model) { this.model = model; }

    /** @param normed [N, D] after the final norm  @param targets [N] ids  @param rows those N of a pass -> [N] */
    float[] logProbabilities(Tensor normed, int[] targets, Pass rows) {
        float[] logProbabilities = new float[targets.length];
        eachChunk(targets, (start, length, ids) -> {
            Tensor logits = model.logitsOf(normed.narrow(0, start, length), rows.ofTokens(
                    IntStream.range(start, start + length).toArray())).to(DType.F32);
            store(logits.gather(ids).squeeze(1).sub(logits.logSumExp()), logProbabilities, start);
        });
        return logProbabilities;
    }

    /**
     * Log-probabilities, and the gradient of the hidden states given that of each log-probability. Adds the head's own
     * gradient when it is trained.
     *
     * @param rows          those N of a pass, all of one adapter
     * @param rowGradient   [N] derivative of the loss by each row's log-probability
     * @param hiddenGradient [N, D], overwritten
     */
    float[] forwardBackward(Tensor normed, int[] targets, Pass rows, float[] rowGradient, Tensor hiddenGradient) {
        Linear head = model.head().in(rows);
        Weight weight = head.weight();
        float[] logProbabilities = new float[targets.length];
        eachChunk(targets, (start, length, ids) -> {
            Tensor hidden = normed.narrow(0, start, length);
            Tensor logits = model.logitsOf(hidden, rows).to(DType.F32);
            Tensor slope = model.logitTransform() == null ? null : model.logitTransform().slope(logits);
            Tensor normaliser = logits.logSumExp();
            store(logits.gather(ids).squeeze(1).sub(normaliser), logProbabilities, start);
            float[] gradients = Arrays.copyOfRange(rowGradient, start, start + length);
            Tensor byRow = Tensor.of(gradients, length, 1);
            // d logp / d logits = onehot - softmax, in the memory of the logits
            Tensor byLogits = logits.subInPlace(normaliser.unsqueeze(1)).expInPlace().mulInPlace(byRow.neg())
                    .scatterAddInPlace(ids, byRow);
            if (slope != null) {
                byLogits.mulInPlace(slope);
            }
            hiddenGradient.narrow(0, start, length).copyFrom(head.inputGradient(byLogits.to(hidden.type())));
            if (weight.isTrainable() && weight.stored().isTrainable()) {
                weight.stored().gradientOrZeros()
                        .addMatmulInPlace(byLogits.transpose(0, 1).to(hidden.type()), hidden, 1);
            }
        });
        return logProbabilities;
    }

    private interface Chunk {
        void compute(int start, int length, Tensor ids);
    }

    private void eachChunk(int[] targets, Chunk chunk) {
        int most = (int) Math.max(16, CHUNK_BYTES / (4L * model.vocabulary()));
        NoGrad.run(() -> {
            for (int start = 0; start < targets.length; start += most) {
                int from = start, length = Math.min(most, targets.length - start);
                Scope.run(() -> chunk.compute(from, length,
                        Tensor.of(Arrays.copyOfRange(targets, from, from + length), length, 1)));
            }
        });
    }

    private static void store(Tensor values, float[] into, int start) {
        float[] chunk = values.toFloats();
        System.arraycopy(chunk, 0, into, start, chunk.length);
    }
}
