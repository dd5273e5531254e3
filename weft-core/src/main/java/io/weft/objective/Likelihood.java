package io.weft.objective;

import io.weft.data.Conversation;
import io.weft.data.Sample;
import io.weft.data.Text;
import java.util.Arrays;
import java.util.Set;

/**
 * Negative log-likelihood of the targets: supervised fine-tuning when the targets are completions, pretraining when
 * they are every token.
 */
public record Likelihood(String name) implements Objective {
    public static final Likelihood SFT = new Likelihood("sft"), PRETRAIN = new Likelihood("pretrain");

    @Override public Set<Class<? extends Sample>> eats() { return Set.of(Conversation.class, Text.class); }

    @Override public LossSum loss(Targets targets) {
        double total = 0;
        for (float logProbability : targets.logProbabilities()) {
            total -= logProbability;
        }
        return new LossSum(total, targets.count());
    }

    @Override public float[] gradient(Targets targets) {
        float[] gradient = new float[targets.count()];
        Arrays.fill(gradient, -1);
        return gradient;
    }

    @Override public boolean dependsOnLogProbabilities() { return false; }

    @Override public boolean isLikelihood() { return true; }

    @Override public boolean trainsEveryWeight() { return this == PRETRAIN; }
}
