package io.weft.evaluate.sample;

import java.util.OptionalDouble;

/**
 * One model's answer to a row.
 *
 * @param answer    the words that are judged  @param reasoning what it thought before them; "" when nothing was told
 *     apart
 * @param tokens    that the model made  @param finish "stop", or "length" where it did not come to its end
 * @param exactMatch whether it is the expected answer, white space at the ends aside
 * @param rougeL    0 to 100; empty where the expected answer has no word
 * @param loss      of the row's expected answer, a mean over what was counted; empty in files of Weft 0.1 and where
 *     the row was too long to have one
 * @param counted   that the loss is a mean over: the targets, for a likelihood; 0 where there is no loss
 */
public record SampleAnswer(String answer, String reasoning, int tokens, String finish, boolean exactMatch,
        OptionalDouble rougeL, OptionalDouble loss, long counted) {}
