/**
 * The trainer, its optimizer, checkpoints and the run folder, and everything that listens to a run. Read {@link
 * io.weft.train.Trainer} and {@link io.weft.run.RunFolder} first. May import {@code objective} and what is below it.
 */
package io.weft.train;
