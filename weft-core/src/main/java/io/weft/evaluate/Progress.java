package io.weft.evaluate;

/** Follows an evaluation, on the thread that evaluates: the next token waits for it. */
@FunctionalInterface
public interface Progress {
    Progress NONE = (answered, rows, tokens) -> {};

    /** Told after every token. @param answered rows that are done  @param rows in all  @param tokens made so far */
    void at(int answered, int rows, long tokens);
}
