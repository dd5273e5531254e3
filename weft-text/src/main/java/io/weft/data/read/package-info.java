/**
 * Files of rows, read: JSON, JSONL, CSV and plain text. Read {@link io.weft.data.read.RowReader} and
 * {@link io.weft.data.read.Row} first. May import {@code data}.
 */
package io.weft.data.read;
