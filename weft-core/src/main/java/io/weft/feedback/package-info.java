/**
 * From what a run answers badly back to the rows that it was trained on. Read {@link io.weft.feedback.Feedback} first.
 * May import {@code evaluate.sample}, {@code rating}, {@code data.prepare} and below.
 */
package io.weft.feedback;
