/**
 * Texts beside each other with what they share marked. Read {@link io.weft.evaluate.marked.MarkedText} first. May
 * import {@code metric} and {@code page}.
 */
package io.weft.evaluate.marked;
