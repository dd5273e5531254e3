/**
 * A model's chat template: conversations as the one text that the model reads, and who wrote which part of it. Read
 * {@link io.weft.token.chat.ChatTemplate} and {@link io.weft.token.chat.Rendered} first. May import {@code data} and
 * {@code jinja}; knows no tokenizer.
 */
package io.weft.token.chat;
