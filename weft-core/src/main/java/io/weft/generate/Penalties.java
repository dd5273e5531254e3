package io.weft.generate;

import java.util.Arrays;
import java.util.Map;

/**
 * What is taken from, or added to, the scores of tokens before one is chosen, as OpenAI's API has it.
 *
 * @param frequency taken from a token's score for each time that the answer so far holds it
 * @param presence  taken once from the score of every token that the answer so far holds
 * @param bias      added to the scores of tokens, by id; from 100 up nothing else is taken, from -100 down never
 */
public record Penalties(double frequency, double presence, Map<Integer, Double> bias) {
    public static final Penalties NONE = new Penalties(0, 0, Map.of());
    /** A bias that decides alone. */
    private static final double WHOLE = 100;

    public Penalties { bias = Map.copyOf(bias); }

    /** True when they change no score. */
    boolean areNone() { return equals(NONE); }

    /** @param scores [V], changed in place  @param counts how often the answer holds tokens, by id */
    void apply(float[] scores, Map<Integer, Integer> counts) {
        if (frequency != 0 || presence != 0) {
            counts.forEach((id, count) -> scores[id] -= (float) (frequency * count + presence));
        }
        if (bias.values().stream().anyMatch(added -> added >= WHOLE)) {
            float[] own = scores.clone();
            Arrays.fill(scores, Float.NEGATIVE_INFINITY);
            bias.forEach((id, added) -> {
                if (added >= WHOLE && id < scores.length) {
                    scores[id] = own[id] + added.floatValue();
                }
            });
            return;
        }
        bias.forEach((id, added) -> {
            if (id < scores.length) {
                scores[id] = added <= -WHOLE ? Float.NEGATIVE_INFINITY : scores[id] + added.floatValue();
            }
        });
    }
}
