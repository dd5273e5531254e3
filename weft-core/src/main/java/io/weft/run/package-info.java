/**
 * The run folder and what happens in a run, as events: all that anyone learns of a run comes from here. Read
 * {@link io.weft.run.RunFolder} and {@link io.weft.run.RunEvent} first. May import {@code tune} and below.
 */
package io.weft.run;
