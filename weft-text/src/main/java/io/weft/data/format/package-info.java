/**
 * What rows mean: row formats, each a function from a row's fields to a {@link io.weft.data.Sample}. Read {@link
 * io.weft.data.format.RowFormat} and {@link io.weft.data.format.RowFormats} first. May import {@code data.read}.
 */
package io.weft.data.format;
