/**
 * How far a score, or the difference of two, could be chance: the bootstrap over rows (Efron 1979), paired by row and
 * from numbers that add up, so that a corpus score such as BLEU is computed anew for each resample without reading a
 * text again (Koehn 2004, "Statistical significance tests for machine translation evaluation"). Read {@link
 * io.weft.metric.bootstrap.RowStatistics} first, then {@link io.weft.metric.bootstrap.Bootstrap}. Stands alone.
 */
package io.weft.metric.bootstrap;
