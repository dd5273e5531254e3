/**
 * The facade: whole jobs over the packages below. Read {@link io.weft.TrainingRun} and {@link io.weft.Weft} first. May
 * import every package of this module.
 */
package io.weft;
