/**
 * Another model as a rater: what it is asked, what it says, and asking it twice with the answers in each other's place.
 * Read {@link io.weft.rating.judge.ModelJudge} first. May import {@code rating}, {@code endpoint} and what is below
 * them.
 */
package io.weft.rating.judge;
