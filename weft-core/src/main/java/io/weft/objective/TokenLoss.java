package io.weft.objective;

import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.nn.Readout;
import io.weft.nn.Weight;
import io.weft.tensor.DType;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The head where it is asked only, in chunks, so that the logits of a whole batch never exist: a number for each place
 * forward, and a gradient for each number back to the hidden states in the same pass. The number is the log-probability
 * of what is asked for, a token or a label, or the score itself.
 */
final class TokenLoss {
    private static final long CHUNK_BYTES = 64L << 20;
    private final CausalLm model;

    TokenLoss(CausalLm model) { this.model = model; }

    /**
     * @param numbers   [N] of each place
     * @param predicted [N] the likeliest label where labels are asked for, else empty
     */
    record Said(float[] numbers, int[] predicted) {}

    /** @param normed [N, D] after the final norm  @param asked [N] ids  @param rows those N of a pass */
    Said read(Tensor normed, int[] asked, Pass rows) {
        Said said = nothing(asked);
        eachChunk(asked, (start, length, ids) -> {
            Tensor logits = model.logitsOf(normed.narrow(0, start, length), rows.ofTokens(
                    IntStream.range(start, start + length).toArray())).to(DType.F32);
            store(numbers(logits, ids, isScore() ? null : logits.logSumExp()), said.numbers, start);
            storePredicted(logits, said, start);
        });
        return said;
    }

    /**
     * The same, and the gradient of the hidden states given that of each number. Adds the head's own gradient when it
     * is trained.
     *
     * @param rows          those N of a pass, all of one adapter
     * @param rowGradient   [N] derivative of the loss by each row's number
     * @param hiddenGradient [N, D], overwritten
     */
    Said forwardBackward(Tensor normed, int[] asked, Pass rows, float[] rowGradient, Tensor hiddenGradient) {
        Linear head = model.head().in(rows);
        Weight weight = head.weight();
        Said said = nothing(asked);
        eachChunk(asked, (start, length, ids) -> {
            Tensor hidden = normed.narrow(0, start, length);
            Tensor logits = model.logitsOf(hidden, rows).to(DType.F32);
            Tensor slope = model.logitTransform() == null ? null : model.logitTransform().slope(logits);
            Tensor normaliser = isScore() ? null : logits.logSumExp();
            store(numbers(logits, ids, normaliser), said.numbers, start);
            storePredicted(logits, said, start);
            Tensor byRow = Tensor.of(Arrays.copyOfRange(rowGradient, start, start + length), length, 1);
            // d logp / d logits = onehot - softmax, in the memory of the logits
            Tensor byLogits = isScore() ? byRow : logits.subInPlace(normaliser.unsqueeze(1)).expInPlace()
                    .mulInPlace(byRow.neg()).scatterAddInPlace(ids, byRow);
            if (slope != null) {
                byLogits.mulInPlace(slope);
            }
            hiddenGradient.narrow(0, start, length).copyFrom(head.inputGradient(byLogits.to(hidden.type())));
            if (weight.isTrainable() && weight.stored().isTrainable()) {
                weight.stored().gradientOrZeros()
                        .addMatmulInPlace(byLogits.transpose(0, 1).to(hidden.type()), hidden, 1);
            }
        });
        return said;
    }

    private boolean isScore() { return model.readout() == Readout.SCORE; }

    private Said nothing(int[] asked) {
        return new Said(new float[asked.length], new int[model.readout() == Readout.CLASSES ? asked.length : 0]);
    }

    /** @param normaliser [N], null for a score  @return [N] */
    private static Tensor numbers(Tensor logits, Tensor ids, Tensor normaliser) {
        Tensor picked = logits.gather(ids).squeeze(1);
        return normaliser == null ? picked : picked.sub(normaliser);
    }

    private interface Chunk {
        void compute(int start, int length, Tensor ids);
    }

    private void eachChunk(int[] asked, Chunk chunk) {
        int most = (int) Math.max(16, CHUNK_BYTES / (4L * model.head().outputs()));
        NoGrad.run(() -> {
            for (int start = 0; start < asked.length; start += most) {
                int from = start, length = Math.min(most, asked.length - start);
                Scope.run(() -> chunk.compute(from, length,
                        Tensor.of(Arrays.copyOfRange(asked, from, from + length), length, 1)));
            }
        });
    }

    private static void store(Tensor values, float[] into, int start) {
        float[] chunk = values.toFloats();
        System.arraycopy(chunk, 0, into, start, chunk.length);
    }

    private static void storePredicted(Tensor logits, Said into, int start) {
        if (into.predicted.length > 0) {
            float[] all = logits.toFloats();
            int labels = (int) logits.size(1);
            for (int row = 0; row < logits.size(0); row++) {
                int best = 0;
                for (int label = 1; label < labels; label++) {
                    best = all[row * labels + label] > all[row * labels + best] ? label : best;
                }
                into.predicted[start + row] = best;
            }
        }
    }
}
