/**
 * Vectors that are learned in place of tokens, and keys and values before those of tokens: what computes them, and how
 * a pass gets them. Read {@link io.weft.tune.prompt.PromptNetwork} and {@link io.weft.tune.prompt.PrefixFeed} first.
 * May import {@code nn} and {@code tensor}.
 */
package io.weft.tune.prompt;
