/**
 * The samples of an evaluation, read back: what was asked, what was expected, and what each model answered. Read {@link
 * io.weft.evaluate.sample.SampleRows} first. May import {@code run}.
 */
package io.weft.evaluate.sample;
