package io.weft.data;

import java.util.List;
import java.util.OptionalInt;

/**
 * The {@code data:} part of a recipe.
 *
 * @param train      the file: a JSON array, JSONL, CSV or plain text; "" when none was given
 * @param format     "alpaca", "messages", "prompt" or "text"; "auto": told by the first row's fields
 * @param rows       only the first N rows of the file, bad ones counted
 * @param prompt     "tutorial", "template" or "plain"; "auto": the format's usual one
 * @param maxLength  tokens of an example, prompt and completion together
 * @param pack       lay several examples into one row of a batch, isolated
 * @param overLength what becomes of a longer example: "cut" (the prompt first; the end marker stays), "cutEnd" (as TRL), "drop" or "refuse"
 * @param heldOut    a share of the rows, a number of rows, or a file of its own
 */
public record DataSettings(String train, String format, OptionalInt rows, String prompt, int maxLength, boolean pack, String overLength, String heldOut) {
    public static final String AUTO = "auto";
    public static final List<String> OVER_LENGTHS = List.of("cut", "cutEnd", "drop", "refuse");
    public static final DataSettings DEFAULTS = new DataSettings("", AUTO, OptionalInt.empty(), AUTO, 1024, true, "cut", "0.1");
}
