package io.weft.data.mend;

import io.weft.data.Sample;
import java.util.List;
import java.util.Optional;

/**
 * What a step made of a row.
 *
 * @param sample the row from here on, with the place that it had; empty when it is dropped
 * @param what   was done or found, a word each such as "control", by which rows are counted; empty: nothing
 */
public record Mended(Optional<Sample> sample, List<String> what) {
    public Mended { what = List.copyOf(what); }

    /** The row as it was. */
    public static Mended same(Sample sample) { return new Mended(Optional.of(sample), List.of()); }

    public static Mended changed(Sample to, List<String> what) { return new Mended(Optional.of(to), what); }

    public static Mended dropped(String why) { return new Mended(Optional.empty(), List.of(why)); }
}
