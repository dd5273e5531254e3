package io.weft.objective;

import io.weft.nn.CausalLm;

/**
 * A frozen model that another one learns from. It sees the rows as they are, without what an adapter puts before them.
 * Belongs to the thread of both models.
 *
 * @param model       the teacher
 * @param candidates  so many of the likeliest tokens are looked at, at each target
 * @param temperature see {@link Candidates}
 * @param vocabulary  tokens that both models have; what lies beyond is padding of their embeddings
 */
public record Teacher(CausalLm model, int candidates, double temperature, int vocabulary) {}
