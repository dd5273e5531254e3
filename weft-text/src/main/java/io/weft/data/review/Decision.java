package io.weft.data.review;

import io.weft.data.Place;

/**
 * What a person decided of one row.
 *
 * @param hash      of the row, see {@link RowHash}  @param row where it stood
 * @param corrected the answer that it gets; of a judged answer "good" or "bad"; "" where nothing is changed
 * @param at        where the decision stands
 */
public record Decision(String hash, Place row, Verdict verdict, String corrected, Place at) {}
