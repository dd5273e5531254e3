package io.weft.generate;

import io.weft.problem.Problems;
import io.weft.problem.UserError;

import static io.weft.problem.Language.say;

/**
 * How the next token is chosen. The settings act in the order of Hugging Face's generate(): repetition penalty,
 * temperature, top-k, top-p, min-p.
 *
 * @param maxNewTokens      most tokens of an answer, from 1
 * @param temperature       0 to 2, divides the scores; below {@value #GREEDY_BELOW} the most probable token is taken
 *     and top-k, top-p and min-p do nothing
 * @param topP              above 0 to 1: the fewest most probable tokens that hold this much probability (Holtzman et
 *     al. 2020, arXiv:1904.09751); 1 is off
 * @param topK              only this many most probable tokens, and those equal to the last of them; 0 is off
 * @param minP              0 to 1: tokens at least this probable, as a share of the most probable one (Nguyen et al.
 *     2024, arXiv:2407.01082); 0 is off
 * @param repetitionPenalty 0.1 to 10: scores of tokens that prompt or answer hold are divided by it, negative ones
 *     multiplied (Keskar et al. 2019, arXiv:1909.05858); 1 is off
 * @param seed              of the draws
 */
public record Sampling(int maxNewTokens, double temperature, double topP, int topK, double minP,
        double repetitionPenalty, long seed) {
    public static final int MOST_NEW_TOKENS = 1_000_000;
    public static final double HIGHEST_TEMPERATURE = 2;
    /** At a temperature this low, a token whose score is 0.1 lower is drawn once in e^100 times. */
    static final double GREEDY_BELOW = 1e-3;
    /** The tutorial's. */
    public static final Sampling DEFAULTS = new Sampling(256, 0.7, 0.9, 0, 0, 1, 42);

    /** @throws UserError naming every number that is out of its bounds */
    public Sampling {
        Problems problems = new Problems(say("sampling"));
        require(problems, "maxNewTokens", maxNewTokens, maxNewTokens >= 1 && maxNewTokens <= MOST_NEW_TOKENS,
                say("a whole number from 1 to %,d", MOST_NEW_TOKENS));
        require(problems, "temperature", temperature, temperature >= 0 && temperature <= HIGHEST_TEMPERATURE,
                say("a number from 0 to 2"));
        require(problems, "topP", topP, topP > 0 && topP <= 1, say("a number above 0, at most 1"));
        require(problems, "topK", topK, topK >= 0, say("a whole number from 0 up; 0 is off"));
        require(problems, "minP", minP, minP >= 0 && minP <= 1, say("a number from 0 to 1; 0 is off"));
        require(problems, "repetitionPenalty", repetitionPenalty, repetitionPenalty >= 0.1 && repetitionPenalty <= 10,
                say("a number from 0.1 to 10; 1 is off"));
        problems.throwIfAny();
    }

    private static void require(Problems problems, String name, Number found, boolean holds, String expected) {
        if (!holds) {
            problems.add(say("%s is %s; expected %s", name, found, expected));
        }
    }

    /** Always the most probable token. */
    public static Sampling greedy(int maxNewTokens) { return new Sampling(maxNewTokens, 0, 1, 0, 0, 1, 0); }

    public boolean isGreedy() { return temperature < GREEDY_BELOW; }

    /** True when the next token is that of the highest logit, so that nothing else about the logits need be known. */
    boolean takesHighestLogit() { return isGreedy() && repetitionPenalty == 1; }

    public Sampling withMaxNewTokens(int maxNewTokens) {
        return new Sampling(maxNewTokens, temperature, topP, topK, minP, repetitionPenalty, seed);
    }

    public Sampling withTemperature(double temperature) {
        return new Sampling(maxNewTokens, temperature, topP, topK, minP, repetitionPenalty, seed);
    }

    public Sampling withTopP(double topP) {
        return new Sampling(maxNewTokens, temperature, topP, topK, minP, repetitionPenalty, seed);
    }

    public Sampling withSeed(long seed) {
        return new Sampling(maxNewTokens, temperature, topP, topK, minP, repetitionPenalty, seed);
    }
}
