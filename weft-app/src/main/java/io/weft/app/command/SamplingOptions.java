package io.weft.app.command;

import io.weft.generate.Sampling;
import java.util.function.BooleanSupplier;

import static io.weft.problem.Language.say;

/** The options that say how answers are drawn, alike in every command that has them. */
final class SamplingOptions {
    private final Argument<Integer> maxTokens, topK, seed;
    private final Argument<Double> temperature, topP, minP, repetitionPenalty;
    private final BooleanSupplier greedy;

    SamplingOptions(Syntax syntax) {
        Sampling usual = Sampling.DEFAULTS;
        maxTokens = syntax.number("--max-tokens", "N",
                say("most tokens of an answer; %d by default", usual.maxNewTokens()));
        temperature = syntax.real("--temperature", "T", say("0 to 2; %s by default", usual.temperature()));
        topP = syntax.real("--top-p", "P",
                say("the likeliest tokens that hold this probability together; %s by default, 1 is off", usual.topP()));
        topK = syntax.number("--top-k", "K", say("only so many of the likeliest tokens; 0 (off) by default"));
        minP = syntax.real("--min-p", "P",
                say("only tokens at least this likely, as a share of the likeliest; 0 (off) by default"));
        repetitionPenalty = syntax.real("--repetition-penalty", "R",
                say("above 1 makes repetitions less likely; 1 (off) by default"));
        seed = syntax.number("--seed", "N", say("of the draws; %d by default", usual.seed()));
        greedy = syntax.flag("--greedy", say("always the likeliest token; the same answer every time"));
    }

    /** @throws io.weft.problem.UserError naming every number that is out of its bounds */
    Sampling sampling() {
        Sampling usual = Sampling.DEFAULTS;
        return new Sampling(maxTokens.given().orElse(usual.maxNewTokens()), greedy.getAsBoolean() ? 0
                : temperature.given().orElse(usual.temperature()), topP.given().orElse(usual.topP()),
                topK.given().orElse(usual.topK()), minP.given().orElse(usual.minP()),
                repetitionPenalty.given().orElse(usual.repetitionPenalty()),
                seed.given().map(Integer::longValue).orElse(usual.seed()));
    }
}
