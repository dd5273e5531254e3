/**
 * Rows that contradict each other, laid before a person: written out with room for a decision, and decisions read back.
 * Read {@link io.weft.data.review.ReviewQueue} and {@link io.weft.data.review.Decisions} first. May import {@code
 * data.clean}.
 */
package io.weft.data.review;
