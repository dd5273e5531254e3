package io.weft.objective.grpo;

import io.weft.settings.Word;
import java.util.Arrays;
import java.util.Locale;

/** What an answer's reward and its tokens are divided by. */
public enum Normalise implements Word {
    /**
     * The reward by how much the rewards of its group differ, each answer's loss by its tokens, the sum by the answers
     * (DeepSeekMath, Shao et al. 2024, arXiv:2402.03300).
     */
    GRPO,
    /**
     * The reward by nothing, each answer's loss by the most tokens that an answer may have, the sum by the answers: so
     * neither easy or hard prompts nor long wrong answers weigh more (Dr. GRPO, Liu et al. 2025, arXiv:2503.20783).
     */
    DR_GRPO,
    /** The reward as GRPO, the sum by all tokens of the step (DAPO, Yu et al. 2025, arXiv:2503.14476). */
    DAPO;

    /** Keeps a group of equal rewards at 0, as TRL does. */
    private static final double LEAST = 1e-4;

    /** As the papers spell them. */
    @Override public String word() { return name().toLowerCase(Locale.ROOT); }

    /** How much better each answer is than those beside it. @param rewards of one prompt's answers */
    public double[] advantages(double[] rewards) {
        double mean = Arrays.stream(rewards).average().orElseThrow();
        double divisor = this == DR_GRPO ? 1 : deviation(rewards) + LEAST;
        return Arrays.stream(rewards).map(reward -> (reward - mean) / divisor).toArray();
    }

    /** The sample's, divided by one fewer than there are: as TRL has it. */
    static double deviation(double[] rewards) {
        double mean = Arrays.stream(rewards).average().orElseThrow();
        double squares = Arrays.stream(rewards).map(reward -> (reward - mean) * (reward - mean)).sum();
        return Math.sqrt(squares / Math.max(1, rewards.length - 1));
    }

    /** What each token's loss is multiplied by. @param length of its answer  @param most tokens of an answer */
    public double tokenWeight(int length, int most) {
        return this == GRPO ? 1.0 / length : this == DR_GRPO ? 1.0 / most : 1;
    }

    /** What the sum over a step is divided by. */
    public long count(long answers, long tokens) { return this == DAPO ? tokens : answers; }
}
