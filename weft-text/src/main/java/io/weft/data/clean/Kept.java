package io.weft.data.clean;

import io.weft.data.Sample;
import java.util.List;
import java.util.Map;

/**
 * A row that is used.
 *
 * @param number of the row, counted from 0 over all rows of the file, bad ones too
 * @param flags  oddities of the row: {@code control_characters:input}
 * @param fields values of those of the user's fields that were asked for, where the row has them
 */
public record Kept(int number, Sample sample, List<String> flags, Map<String, String> fields) {
    /** Of which no fields are asked for. */
    public Kept(int number, Sample sample, List<String> flags) { this(number, sample, flags, Map.of()); }

    /** The same row, mended. */
    public Kept with(Sample mended) { return new Kept(number, mended, flags, fields); }
}
