package io.weft.objective;

import io.weft.data.Conversation;
import io.weft.data.Sample;
import io.weft.data.Text;
import java.util.Arrays;
import java.util.Set;

/** The negative log-likelihood of the targets, whichever tokens these are. */
interface Likelihood extends Objective {
    @Override default Set<Class<? extends Sample>> eats() { return Set.of(Conversation.class, Text.class); }

    @Override default LossSum loss(Targets targets) {
        double total = 0;
        for (float logProbability : targets.logProbabilities()) {
            total -= logProbability;
        }
        return new LossSum(total, targets.count());
    }

    @Override default float[] gradient(Targets targets) {
        float[] gradient = new float[targets.count()];
        Arrays.fill(gradient, -1);
        return gradient;
    }

    @Override default boolean dependsOnLogProbabilities() { return false; }

    @Override default boolean isLikelihood() { return true; }
}
