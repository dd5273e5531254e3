/**
 * What went wrong with a run: rules look at what it left and say what they saw, the likely cause and the change. Read
 * {@link io.weft.diagnose.Rule} and {@link io.weft.diagnose.Evidence} first. May import {@code recipe}, {@code
 * evaluate} and below.
 */
package io.weft.diagnose;
