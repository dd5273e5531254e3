package io.weft.reward;

import io.weft.problem.UserError;
import java.util.List;

import static io.weft.problem.Language.say;

/** Rewards an answer by several rules, and holds each to a finite number. */
public final class Scorer {
    private static final int SHOWN = 200;
    private final List<Reward> rewards;

    public Scorer(List<Reward> rewards) { this.rewards = rewards.stream().map(Reward::ready).toList(); }

    public List<String> names() { return rewards.stream().map(Reward::name).toList(); }

    /**
     * What each reward says of an answer, not weighted.
     *
     * @throws UserError naming a reward that throws or says what is no finite number, with prompt and answer
     */
    public double[] each(Answered answered) {
        double[] each = new double[rewards.size()];
        for (int i = 0; i < each.length; i++) {
            each[i] = one(rewards.get(i), answered);
        }
        return each;
    }

    private static double one(Reward reward, Answered answered) {
        double worth;
        try {
            worth = reward.of(answered);
        } catch (RuntimeException e) {
            throw UserError.of(say("reward %s failed: %s\n  prompt: %s\n  answer: %s", reward.name(), e,
                    shown(answered.prompt()), shown(answered.answer())), e);
        }
        if (!Double.isFinite(worth)) {
            throw UserError.of(say("reward %s is %s, expected a finite number\n  prompt: %s\n  answer: %s",
                    reward.name(), worth, shown(answered.prompt()), shown(answered.answer())));
        }
        return worth;
    }

    /** The end of what is long says more of a prompt than its beginning. */
    private static String shown(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        int length = line.codePointCount(0, line.length());
        return length <= SHOWN ? line : "…" + line.substring(line.offsetByCodePoints(0, length - SHOWN));
    }

    /** All together. @param each as {@link #each} gives them */
    public double sum(double[] each) {
        double sum = 0;
        for (int i = 0; i < each.length; i++) {
            sum += rewards.get(i).weight() * each[i];
        }
        return sum;
    }
}
