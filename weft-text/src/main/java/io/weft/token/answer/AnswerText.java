package io.weft.token.answer;

/**
 * An answer told apart.
 *
 * @param reasoning what the model thought before it answered; "" when nothing was
 * @param words     what it said, without anything that the chat template puts around it
 */
public record AnswerText(String reasoning, String words) {}
