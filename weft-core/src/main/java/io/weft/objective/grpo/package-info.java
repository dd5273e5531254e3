/**
 * Learning from the model's own answers: {@link io.weft.objective.grpo.Grpo}, and in a run the answers to the prompts
 * of a step, their rewards and the file in which they are kept. Read {@link io.weft.objective.grpo.Grpo} and {@link
 * io.weft.objective.grpo.Rollouts} first. May import {@code objective}, {@code generate} and {@code reward}.
 */
package io.weft.objective.grpo;
