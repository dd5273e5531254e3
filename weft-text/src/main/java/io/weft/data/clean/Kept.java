package io.weft.data.clean;

import io.weft.data.Sample;
import java.util.List;

/**
 * A row that is used.
 *
 * @param number of the row, counted from 0 over all rows of the file, bad ones too
 * @param flags  oddities of the row: {@code control_characters:input}
 */
public record Kept(int number, Sample sample, List<String> flags) {}
