/**
 * Files of rows, read: JSON, JSONL, CSV and plain text, and the row formats that give them a meaning. Read
 * {@link io.weft.data.read.RowReader} and {@link io.weft.data.read.RowFormat} first. May import {@code data}.
 */
package io.weft.data.read;
