package io.weft.token.encode;

/**
 * A document of a row before it is shortened.
 *
 * @param moved   whether prompt and answer meet where the text of both has no border between tokens
 * @param skipped earlier answers that are not learned, though they should be
 */
record Draft(MaskedTokens tokens, boolean moved, int skipped) {}
