/**
 * Objectives that learn from preferences: which of two answers is better, or whether an answer is good. Read {@link
 * io.weft.objective.preference.PairObjective} and {@link io.weft.objective.preference.Kto} first. May import {@code
 * objective} and what it may.
 */
package io.weft.objective.preference;
