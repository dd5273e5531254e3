package io.weft.objective;

import java.util.Arrays;

/**
 * Negative log-likelihood of the targets: supervised fine-tuning when the targets are completions, pretraining when
 * they are every token.
 */
public record Likelihood(String name) implements Objective {
    public static final Likelihood SFT = new Likelihood("sft"), PRETRAIN = new Likelihood("pretrain");

    @Override public LossSum loss(float[] logProbabilities) {
        double total = 0;
        for (float logProbability : logProbabilities) {
            total -= logProbability;
        }
        return new LossSum(total, logProbabilities.length);
    }

    @Override public float[] gradient(int targets) {
        float[] gradient = new float[targets];
        Arrays.fill(gradient, -1);
        return gradient;
    }
}
