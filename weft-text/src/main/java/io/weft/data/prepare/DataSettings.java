package io.weft.data.prepare;

import io.weft.data.Excerpt;
import io.weft.data.PromptStyle;
import io.weft.data.format.RowFormat;
import io.weft.data.format.RowFormats;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * The {@code data:} part of a recipe.
 *
 * @param train      the file: a JSON array, JSONL, CSV or plain text; "" when none was given
 * @param format     a name of {@link RowFormats}; "auto": told by the first row's fields
 * @param rows       only the first N rows of the file, bad ones counted
 * @param prompt     "tutorial", "template" or "plain" (see {@link PromptStyle}); "auto": the format's usual one
 * @param maxLength  tokens of an example, prompt and completion together
 * @param pack       lay several examples into one row of a batch, isolated
 * @param overLength what becomes of a longer example: "cut" (the prompt first; the end marker stays), "cutEnd" (as
 *     TRL), "drop" or "refuse"
 * @param heldOut    a share of the rows, a number of rows, or a file of its own (see {@link HeldOut})
 */
public record DataSettings(String train, String format, OptionalInt rows, String prompt, int maxLength, boolean pack,
        String overLength, String heldOut) {
    public static final String AUTO = "auto";
    public static final List<String> OVER_LENGTHS = List.of("cut", "cutEnd", "drop", "refuse");
    public static final DataSettings DEFAULTS = new DataSettings("", AUTO, OptionalInt.empty(), AUTO, 1024, true, "cut",
            "0.1");

    /** The words of {@code data.format}. */
    public static List<String> formats() {
        return Stream.concat(Stream.of(AUTO), RowFormats.names().stream()).toList();
    }

    /** The words of {@code data.prompt}. */
    public static List<String> prompts() {
        return Stream.concat(Stream.of(AUTO), Stream.of(PromptStyle.values()).map(PromptStyle::word)).toList();
    }

    /** Adds what is wrong with the settings themselves; files are looked at when they are read. */
    public void check(Problems problems) {
        if (train.isBlank()) {
            problems.add(say("data.train is missing: give the file to train on"));
        }
        try {
            Path.of(train);
        } catch (InvalidPathException e) {
            problems.add(say("data.train: '%s' is no path to a file", Excerpt.of(train)));
        }
        checkWord(problems, "data.format", format, formats());
        checkWord(problems, "data.prompt", prompt, prompts());
        checkWord(problems, "data.overLength", overLength, OVER_LENGTHS);
        checkPositive(problems, "data.maxLength", maxLength, 2);
        rows.ifPresent(n -> checkPositive(problems, "data.rows", n, 1));
        try {
            HeldOut.of(heldOut);
        } catch (UserError e) {
            problems.add(e.getMessage());
        }
    }

    private static void checkWord(Problems problems, String key, String given, List<String> words) {
        if (!words.contains(given)) {
            problems.add(say("%s: '%s'; expected one of %s", key, Excerpt.of(given), String.join(", ", words)));
        }
    }

    private static void checkPositive(Problems problems, String key, int given, int least) {
        if (given < least) {
            problems.add(say("%s: %d; expected %d or more", key, given, least));
        }
    }

    /** These settings with nothing left to "auto": what was found in the file. */
    public DataSettings resolved(RowFormat format, PromptStyle prompt) {
        return new DataSettings(train, format.name(), rows, prompt.word(), maxLength, pack, overLength, heldOut);
    }
}
