package io.weft.generate;

import java.util.Optional;

/** Follows the answers to one prompt, on the thread that generates: the next token of all waits for it. */
public interface AnswerListener {
    /** It has begun. @param cachedTokens of the prompt, whose keys and values were there already */
    default void begun(int cachedTokens) {}

    /**
     * Another token of an answer; the end token is not told.
     *
     * @param choice  which answer, from 0  @param logprob where log-probabilities are asked for
     */
    void token(int choice, int id, Optional<TokenLogprob> logprob);

    /** An answer is whole; other choices may still go on. */
    void ended(int choice, Answer answer);

    /** Asked before every pass through the model. @return false to end this answer here */
    boolean wanted(int choice);

    /** None of the answers that have not ended will: the model says nothing that can be used. */
    void failed(RuntimeException cause);
}
