/**
 * Rows on their way to training: read, checked, split, encoded as token ids, packed. Read {@link
 * io.weft.data.Sample}, {@link io.weft.data.Batch} and {@link io.weft.data.prepare.Preparation} (from a user's
 * file to a run's data) first. Holds no tensors and knows no tokenizer; imports only {@code io.weft.problem} and {@code
 * io.weft.file}.
 */
package io.weft.data;
