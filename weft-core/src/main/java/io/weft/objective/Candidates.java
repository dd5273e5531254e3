package io.weft.objective;

import java.util.Arrays;

/**
 * What a teacher finds likeliest at each target, and how likely: what a model that learns from it is asked there, too.
 * An outcome is one of K tokens, or any other one: K + 1 in all, whose probabilities add up to 1 in both models.
 *
 * @param ids         [N * K] tokens, those of a target one after the other; none of them twice
 * @param count       K, less than the tokens that there are; 0 where nothing is asked
 * @param temperature that logits are divided by, in both models
 * @param taught      [N * (K + 1)] the teacher's log-probabilities
 * @param learned     [N * (K + 1)] those of the model that learns; empty while they are unknown
 */
public record Candidates(int[] ids, int count, double temperature, float[] taught, float[] learned) {
    /** No teacher. */
    static final Candidates NONE = new Candidates(new int[0], 0, 1, new float[0], new float[0]);

    /** K + 1. */
    public int outcomes() { return count + 1; }

    /** Those of some targets. */
    Candidates of(int from, int to) {
        return count == 0 ? this : new Candidates(Arrays.copyOfRange(ids, from * count, to * count), count,
                temperature, Arrays.copyOfRange(taught, from * outcomes(), to * outcomes()),
                learned.length == 0 ? learned : Arrays.copyOfRange(learned, from * outcomes(), to * outcomes()));
    }

    Candidates with(float[] known) { return new Candidates(ids, count, temperature, taught, known); }
}
