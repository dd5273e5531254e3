package io.weft.generate;

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

    public Penalties { bias = Map.copyOf(bias); }
}
