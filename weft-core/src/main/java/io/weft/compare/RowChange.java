package io.weft.compare;

import io.weft.evaluate.sample.SampleRow;

/**
 * A row that both runs answered.
 *
 * @param index  among the rows that both have, from 0
 * @param before the row with the first run's answer  @param after with the second's
 * @param from   score of the first answer  @param to of the second: more is better
 */
public record RowChange(int index, SampleRow before, SampleRow after, double from, double to) {
    public double difference() { return to - from; }

    public boolean isBetter() { return to > from; }

    public boolean isWorse() { return to < from; }
}
