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
     * @param candidates [N * (K + 1)] log-probabilities of a teacher's candidates, empty where there is none
     */
    record Said(float[] numbers, int[] predicted, float[] candidates) {}

    /** As {@link #read(Tensor, int[], Pass, Candidates)}, of what is asked alone. */
    Said read(Tensor normed, int[] asked, Pass rows) { return read(normed, asked, rows, Candidates.NONE); }

    /** @param normed [N, D] after the final norm  @param asked [N] ids  @param rows those N of a pass */
    Said read(Tensor normed, int[] asked, Pass rows, Candidates candidates) {
        Said said = nothing(asked, candidates);
        eachChunk(asked, (start, length, ids) -> {
            Tensor logits = model.logitsOf(normed.narrow(0, start, length), rows.ofTokens(
                    IntStream.range(start, start + length).toArray())).to(DType.F32);
            store((isScore() ? logits : logits.logSoftmax()).gather(ids).squeeze(1), said.numbers, start);
            storePredicted(logits, said, start);
            if (candidates.count() > 0) {
                new Outcomes(logits, candidates, start).store(said.candidates);
            }
        });
        return said;
    }

    /**
     * The tokens that are likeliest, and how likely they are.
     *
     * @param normed [N, D] after the final norm  @param rows those N of a pass  @param as how many, and at what
     *     temperature
     */
    Candidates likeliest(Tensor normed, Pass rows, Teacher as) {
        int targets = (int) normed.size(0), count = Math.min(as.candidates(), as.vocabulary() - 1);
        Candidates found = new Candidates(new int[targets * count], count, as.temperature(),
                new float[targets * (count + 1)], new float[0]);
        eachChunk(new int[targets], (start, length, ids) -> {
            Tensor logits = model.logitsOf(normed.narrow(0, start, length), rows.ofTokens(
                    IntStream.range(start, start + length).toArray())).to(DType.F32).narrow(1, 0, as.vocabulary());
            int[] likeliest = logits.largest(count).toInts();
            System.arraycopy(likeliest, 0, found.ids(), start * count, likeliest.length);
            new Outcomes(logits, found, start).store(found.taught());
        });
        return found;
    }

    /**
     * The same as {@link #read}, and the gradient of the hidden states given that of each number. Adds the head's own
     * gradient when it is trained.
     *
     * @param rows          those N of a pass, all of one adapter
     * @param rowGradient   [N] derivative of the loss by each row's number
     * @param candidateGradient [N * (K + 1)] derivative of the loss by each candidate's log-probability
     * @param hiddenGradient [N, D], overwritten
     */
    Said forwardBackward(Tensor normed, int[] asked, Pass rows, float[] rowGradient, Candidates candidates,
            float[] candidateGradient, Tensor hiddenGradient) {
        Linear head = model.head().in(rows);
        Weight weight = head.weight();
        Said said = nothing(asked, candidates);
        eachChunk(asked, (start, length, ids) -> {
            Tensor hidden = normed.narrow(0, start, length);
            Tensor logits = model.logitsOf(hidden, rows).to(DType.F32);
            Tensor slope = model.logitTransform() == null ? null : model.logitTransform().slope(logits);
            Tensor numbers = isScore() ? logits : logits.logSoftmax();
            store(numbers.gather(ids).squeeze(1), said.numbers, start);
            storePredicted(logits, said, start);
            Outcomes outcomes = candidates.count() == 0 ? null : new Outcomes(logits, candidates, start);
            Tensor byRow = Tensor.of(Arrays.copyOfRange(rowGradient, start, start + length), length, 1);
            // d logp / d logits = onehot - softmax, in the memory of the logarithms
            Tensor byLogits = isScore() ? byRow : numbers.expInPlace()
                    .mulInPlace(byRow.neg()).scatterAddInPlace(ids, byRow);
            if (outcomes != null) {
                outcomes.store(said.candidates);
                byLogits.addInPlace(outcomes.byLogits(candidateGradient));
            }
            if (slope != null) {
                byLogits.mulInPlace(slope);
            }
            hiddenGradient.narrow(0, start, length).copyFrom(head.inputGradient(byLogits.to(hidden.type())));
            if (weight.isTrainable() && weight.stored().isTrainable()) {
                head.addWeightGradient(byLogits.to(hidden.type()), hidden);
            }
        });
        return said;
    }

    private boolean isScore() { return model.readout() == Readout.SCORE; }

    private Said nothing(int[] asked, Candidates candidates) {
        return new Said(new float[asked.length], new int[model.readout() == Readout.CLASSES ? asked.length : 0],
                new float[candidates.count() == 0 ? 0 : asked.length * candidates.outcomes()]);
    }

    /** A chunk's candidates and all other tokens together, at a temperature. */
    private static final class Outcomes {
        private final int start, count;
        private final double temperature;
        /** [n, K] ids of the candidates. */
        private final Tensor ids;
        /** [n, V] logits of all other tokens, -inf at the candidates: a copy. */
        private final Tensor others;
        /** [n, K] and [n]: log-probabilities. */
        private final Tensor candidates, rest;
        /** [n] log of the sum of the others' exponentials. */
        private final Tensor restNormaliser;

        /** @param logits [n, V], left as they are  @param start the first target of the chunk */
        Outcomes(Tensor logits, Candidates asked, int start) {
            this.start = start;
            count = asked.count();
            temperature = asked.temperature();
            int length = (int) logits.size(0);
            ids = Tensor.of(Arrays.copyOfRange(asked.ids(), start * count, (start + length) * count), length, count);
            others = logits.mul(1 / temperature);
            Tensor normaliser = others.logSumExp();
            candidates = others.gather(ids).sub(normaliser.unsqueeze(1));
            float[] none = new float[length * count];
            Arrays.fill(none, Float.NEGATIVE_INFINITY);
            others.scatterAddInPlace(ids, Tensor.of(none, length, count));
            restNormaliser = others.logSumExp();
            rest = restNormaliser.sub(normaliser);
        }

        /** @param into [N * (K + 1)] */
        void store(float[] into) {
            float[] known = candidates.toFloats(), last = rest.toFloats();
            for (int i = 0; i < last.length; i++) {
                System.arraycopy(known, i * count, into, (start + i) * (count + 1), count);
                into[(start + i) * (count + 1) + count] = last[i];
            }
        }

        /**
         * [n, V] The derivative by the logits, in the memory of the others. With g of each outcome and G their sum it
         * is g - p G at a candidate, and (g of the rest - P(rest) G) times the share of the rest at any other token.
         *
         * @param gradient [N * (K + 1)] by each log-probability
         */
        Tensor byLogits(float[] gradient) {
            float[] known = candidates.toFloats(), last = rest.toFloats();
            float[] atCandidates = new float[known.length], ofRest = new float[last.length];
            for (int i = 0; i < last.length; i++) {
                int from = (start + i) * (count + 1);
                double sum = 0;
                for (int k = 0; k <= count; k++) {
                    sum += gradient[from + k];
                }
                for (int k = 0; k < count; k++) {
                    atCandidates[i * count + k] = (float) ((gradient[from + k] - Math.exp(known[i * count + k]) * sum)
                            / temperature);
                }
                ofRest[i] = (float) ((gradient[from + count] - Math.exp(last[i]) * sum) / temperature);
            }
            return others.subInPlace(restNormaliser.unsqueeze(1)).expInPlace()
                    .mulInPlace(Tensor.of(ofRest, last.length, 1))
                    .scatterAddInPlace(ids, Tensor.of(atCandidates, last.length, count));
        }
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
