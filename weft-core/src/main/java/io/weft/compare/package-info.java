/**
 * What a round brought: two runs by the rows that both were evaluated on, by their recipes, their rows and their loss
 * curves. Read {@link io.weft.compare.Round} first, then {@link io.weft.compare.JudgedRows}. May import {@code
 * evaluate}, {@code recipe} and what is below them.
 */
package io.weft.compare;
