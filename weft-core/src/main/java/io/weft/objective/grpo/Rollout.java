package io.weft.objective.grpo;

import io.weft.data.Example;
import io.weft.generate.Answer;
import io.weft.reward.Answered;
import java.util.Arrays;

/**
 * One answer that a model made while it was trained.
 *
 * @param prompt  ids of what it was asked
 * @param made    what it made
 * @param text    what that says
 * @param rewards of each rule, not weighted, in the order of the recipe
 * @param reward  all of them together
 */
public record Rollout(int[] prompt, Answer made, Answered text, double[] rewards, double reward) {
    /** To be learned from: the prompt, the answer, and the end token where the model itself ended it. */
    public Example document() {
        int[] answer = made.ids();
        int[] ids = Arrays.copyOf(prompt, prompt.length + made.generated());
        System.arraycopy(answer, 0, ids, prompt.length, answer.length);
        made.end().ifPresent(end -> ids[prompt.length + answer.length] = end);
        boolean[] trained = new boolean[ids.length];
        Arrays.fill(trained, prompt.length, ids.length, true);
        return new Example(ids, trained);
    }
}
