/**
 * People's and other models' judgement of a run's answers: what is asked of whom, blind; the judgements on disk; and
 * what they come to. Read {@link io.weft.rating.RatingSession} and {@link io.weft.rating.RatingResults} first. May
 * import {@code evaluate.sample}, {@code metric.agreement} and what is below them.
 */
package io.weft.rating;
