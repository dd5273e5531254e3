/**
 * Text to token ids and back, and conversations to ids with their loss mask. Read {@code Tokenizer} and {@code
 * ChatTemplate} first. May import {@code io.weft.data}.
 */
package io.weft.token;
