/**
 * Judging models: what a model answers to the held-out rows, scores of that, and the comparison of two models on the
 * same questions. Read {@link io.weft.evaluate.Evaluation} and {@link io.weft.evaluate.Comparison} first. May import
 * {@code train}, {@code generate}, {@code metric} and what is below them.
 */
package io.weft.evaluate;
