package io.weft.generate;

/**
 * What is to be answered, and how. What is drawn depends on the prompt's ids, the sampling and the number alone, never
 * on what is answered beside it.
 *
 * @param ids    one or more
 * @param number tells prompts of one seed apart, e.g. the row's place in its file, so that equal prompts get answers of
 *     their own
 */
public record Prompt(int[] ids, Sampling sampling, long number) {
    public static Prompt of(int[] ids, Sampling sampling) { return new Prompt(ids, sampling, 0); }
}
