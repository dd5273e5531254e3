package io.weft.run;

/**
 * How often a run tells, judges and saves.
 *
 * @param logEvery  optimizer steps between logged steps
 * @param evalEvery between evaluations
 * @param saveEvery between checkpoints
 */
public record Cadence(int logEvery, int evalEvery, int saveEvery) {}
