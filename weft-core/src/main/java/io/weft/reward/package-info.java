/**
 * What an answer is worth by a rule: the rewards that there are, each a record with its settings. Read {@link
 * io.weft.reward.Reward} and {@link io.weft.reward.Scorer} first. May import {@code settings} and {@code extension}.
 */
package io.weft.reward;
