/**
 * The page on which people judge answers, served to this machine alone. Read {@link io.weft.app.rate.RatingServer}
 * first. May import {@code http} and the library.
 */
package io.weft.app.rate;
