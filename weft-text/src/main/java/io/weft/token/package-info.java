/**
 * Text to token ids and back, and samples to ids with their loss mask. Read {@link io.weft.token.Tokenizer} and {@link
 * io.weft.token.PromptFormat} first; how families speak is in {@link io.weft.token.ChatForms}. May import {@code
 * token.chat}.
 */
package io.weft.token;
