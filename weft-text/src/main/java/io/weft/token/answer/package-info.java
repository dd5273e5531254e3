/**
 * What a model answered, told apart: reasoning, words, and what ends them, as the chat template has it. Read
 * {@link io.weft.token.answer.AnswerStream} and {@link io.weft.token.answer.Ending} first. May import {@code token}.
 */
package io.weft.token.answer;
