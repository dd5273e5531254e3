package io.weft.reward;

/**
 * An answer that a model made, to be rewarded.
 *
 * @param prompt    what the model read, as its chat template has it
 * @param reasoning what it thought before it answered; "" for nothing
 * @param answer    what it said
 * @param reference what the row itself answers; "" where it says nothing
 */
public record Answered(String prompt, String reasoning, String answer, String reference) {}
