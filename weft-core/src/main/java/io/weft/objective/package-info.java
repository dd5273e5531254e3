/**
 * From a batch to gradients: the walk over the blocks, the head at supervised rows, and what is to be minimised. Read
 * {@link io.weft.objective.BlockWalk} and {@link io.weft.objective.Objective} first. May import {@code nn}, {@code
 * model.folder}, {@code tune}, {@code data} and {@code token.encode}.
 */
package io.weft.objective;
