package io.weft.generate;

import io.weft.problem.Problems;
import java.util.Optional;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;

/**
 * What is asked of an answer beside how its tokens are drawn.
 *
 * @param choices   answers to one prompt, each with draws of its own
 * @param logprobs  likeliest tokens that are told of each place beside the one taken, 0 to
 *     {@value #MOST_LOGPROBS}; empty: no log-probability is told
 * @param penalties of tokens that the answer holds already, and biases of tokens
 * @param form      what the answer's text must be, or nothing
 */
public record GenerationOptions(int choices, OptionalInt logprobs, Penalties penalties, Optional<AnswerForm> form) {
    public static final int MOST_CHOICES = 16, MOST_LOGPROBS = 20;
    /** One answer, and nothing else. */
    public static final GenerationOptions PLAIN = new GenerationOptions(1, OptionalInt.empty(), Penalties.NONE,
            Optional.empty());

    /** @throws io.weft.problem.UserError naming every number that is out of its bounds */
    public GenerationOptions {
        Problems problems = new Problems(say("sampling"));
        if (choices < 1 || choices > MOST_CHOICES) {
            problems.add(say("%s is %s; expected %s", "choices", choices,
                    say("a whole number from 1 to %,d", MOST_CHOICES)));
        }
        if (logprobs.isPresent() && (logprobs.getAsInt() < 0 || logprobs.getAsInt() > MOST_LOGPROBS)) {
            problems.add(say("%s is %s; expected %s", "logprobs", logprobs.getAsInt(),
                    say("a whole number from 0 to %,d", MOST_LOGPROBS)));
        }
        problems.throwIfAny();
    }
}
