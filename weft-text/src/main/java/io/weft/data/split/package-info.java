/**
 * Which rows are held out: as Python's {@code datasets} draws them, never dividing groups, or in proportion. Read
 * {@link io.weft.data.split.HeldOut} and {@link io.weft.data.split.GroupedSplit} first. May import {@code data.mend}.
 */
package io.weft.data.split;
