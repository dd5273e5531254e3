/**
 * Rows worth learning from: what is refused and why, what occurs twice or contradicts itself. Read
 * {@link io.weft.data.clean.Cleaner} and {@link io.weft.data.clean.Repeats} first. May import {@code data.format}.
 */
package io.weft.data.clean;
