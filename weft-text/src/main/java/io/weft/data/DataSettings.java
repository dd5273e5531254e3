package io.weft.data;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * The {@code data:} part of a recipe.
 *
 * @param train      file of training rows
 * @param format     "alpaca", "messages", "prompt" or "text"; seen from the rows when empty
 * @param rows       only the first so many; all when empty
 * @param prompt     "tutorial", "template" (the model's chat template) or "plain"
 * @param maxLength  tokens in an example, and in a pack
 * @param pack       several examples in one row, isolated from each other
 * @param overLength what happens to longer examples: "cut" shortens the prompt first and keeps the end, "cutEnd" drops the end, "drop", "refuse"
 * @param heldOut    the share of rows kept for evaluation, such as "0.1", or a file of them
 */
public record DataSettings(String train, Optional<String> format, OptionalInt rows, String prompt, int maxLength, boolean pack, String overLength, String heldOut) {
    public static final DataSettings DEFAULTS = new DataSettings(null, Optional.empty(), OptionalInt.empty(), "tutorial", 1024, true, "cut", "0.1");
}
