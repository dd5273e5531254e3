package io.weft.objective.grpo;

import io.weft.generate.Sampling;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.WholeNumber;

import static io.weft.problem.Translatable.text;

/**
 * How a model answers the prompts of a step.
 *
 * @param generations  answers to each prompt, 2 or more: they are compared with each other
 * @param maxNewTokens most tokens of an answer
 * @param temperature  above 0; 1 draws from the very distribution that is trained, see {@link
 *     io.weft.generate.Sampling} for it and the others
 */
public record RolloutSettings(int generations, int maxNewTokens, double temperature, double topP, int topK) {
    public static final Section<RolloutSettings> SECTION = Section.within("rollout",
            new RolloutSettings(8, 256, 1, 1, 0),
            Setting.of("generations", new WholeNumber(2, 1024),
                    text("answers to each prompt, which are compared with each other")),
            Setting.of("maxNewTokens", new WholeNumber(1, Sampling.MOST_NEW_TOKENS),
                    text("most tokens of an answer")),
            Setting.of("temperature", new Number(0, true, Sampling.HIGHEST_TEMPERATURE, false),
                    text("divides the scores of tokens before one is drawn; at 1 what is drawn from is what is "
                    + "trained")),
            Setting.of("topP", new Number(0, true, 1, false),
                    text("only the most probable tokens that hold this much probability; 1 is off")),
            Setting.of("topK", new WholeNumber(0, 1_000_000), text("only this many most probable tokens; 0 is off")));

    /** @param seed of all draws of a run */
    Sampling sampling(long seed) { return new Sampling(maxNewTokens, temperature, topP, topK, 0, 1, seed); }
}
