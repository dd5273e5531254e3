package io.weft.nn;

/**
 * Norms on each head's query and key before the rotation, as in Qwen3.
 *
 * @param query over headDim
 * @param key over headDim
 */
public record QueryKeyNorm(Norm query, Norm key) {}
