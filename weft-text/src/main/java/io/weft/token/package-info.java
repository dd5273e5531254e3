/**
 * Text to token ids and back. Read {@link io.weft.token.Tokenizer} and {@link io.weft.token.DecodeStream} first; how
 * families speak is in {@link io.weft.token.ChatForms}. May import {@code token.chat}.
 */
package io.weft.token;
