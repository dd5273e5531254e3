package io.weft.generate;

/** Follows answers token by token, on the thread that generates: the next token waits for it. */
@FunctionalInterface
public interface TokenListener {
    TokenListener NONE = (row, id) -> {};

    /** Another token of an answer; the end token is not told. @param row place of the prompt in its list */
    void token(int row, int id);

    /** An answer is whole; others may still go on. */
    default void ended(int row, Answer answer) {}

    /** Asked before every pass through the model. @return false to end this answer here */
    default boolean wanted(int row) { return true; }
}
