package io.weft.data.prepare;

import io.weft.data.EncodingSettings;
import io.weft.data.OverLength;
import io.weft.data.PromptStyle;
import io.weft.data.format.RowFormats;
import io.weft.data.mend.MendStep;
import io.weft.data.mend.RowStep;
import io.weft.data.mend.step.MendSteps;
import io.weft.data.split.HeldOut;
import io.weft.data.split.SplitSettings;
import io.weft.problem.Problems;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Several;
import io.weft.settings.Values.Flag;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Values.WholeNumber;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import static io.weft.problem.Translatable.text;

/**
 * The {@code data:} part of a recipe.
 *
 * @param train      the files, each a JSON array, JSONL, CSV or plain text
 * @param format     a name of {@link RowFormats}; "auto": told by the fields of many rows
 * @param rows       only the first N rows of each file, bad ones counted
 * @param prompt     the format's usual one when not given
 * @param maxLength  tokens of an example, prompt and completion together
 * @param pack       lay several examples into one row of a batch, isolated
 * @param overLength what becomes of a longer example
 * @param split      which rows are held out
 * @param mend       steps, each at most once, none of which runs unless it is named
 * @param encoding   how prompt and answer become ids
 */
public record DataSettings(TrainFiles train, String format, OptionalInt rows, Optional<PromptStyle> prompt,
        int maxLength,
        boolean pack, OverLength overLength, SplitSettings split, List<MendStep> mend, EncodingSettings encoding) {
    public static final DataSettings DEFAULTS = new DataSettings(TrainFiles.NONE, OneOf.AUTO, OptionalInt.empty(),
            Optional.empty(),
            1024, true, OverLength.CUT, SplitSettings.DEFAULTS, List.of(), EncodingSettings.DEFAULTS);
    private static final Section<DataSettings> SECTION = Section.of("data", DEFAULTS, text("what to learn from"),
            Setting.of("train", new TrainFiles.OneOrMore(),
                    text("training rows: a JSON array, JSONL, CSV or plain text, or a list of such files"))
                    .required("train.jsonl"),
            Setting.of("format", OneOf.names(() -> Stream.concat(Stream.of(OneOf.AUTO),
                    RowFormats.names().stream()).toList()),
                    text("what the rows look like; auto: told by the fields of many rows")),
            Setting.of("rows", WholeNumber.from(1), text("only the first so many rows, of each file"))
                    .optional("1000", text("all rows")),
            Setting.of("prompt", OneOf.of(PromptStyle.class).orAuto(),
                    text("how a prompt is built: the tutorial's wording, the model's chat template, or the text as it "
                    + "is; auto: as usual for the format")),
            Setting.of("maxLength", new WholeNumber(2, 1 << 20), text("tokens in an example, and in a pack")),
            Setting.of("pack", new Flag(), text("several examples in one row, isolated from each other")),
            Setting.of("overLength", OneOf.of(OverLength.class),
                    text("longer examples: shorten the question from its beginning, its middle or, behind the answer, "
                    + "its end; cut all past the limit; go on in further examples; leave out; or stop")),
            SplitSettings.SECTION,
            Setting.of("mend", new Several(MendSteps.TABLE).orNone(),
                    text("what is mended before rows are learned from, each step with its settings; what it did stands "
                    + "in data/mended.jsonl")),
            EncodingSettings.SECTION);

    public DataSettings { mend = MendSteps.inOrder(mend); }

    /** With the usual way of making ids. */
    public DataSettings(String train, String format, OptionalInt rows, Optional<PromptStyle> prompt, int maxLength,
            boolean pack, OverLength overLength, String heldOut) {
        this(TrainFiles.of(train), format, rows, prompt, maxLength, pack, overLength,
                SplitSettings.DEFAULTS.withHeldOut(heldOut),
                List.of(), EncodingSettings.DEFAULTS);
    }

    /** A share of the rows, a number of rows, or a file of its own (see {@link HeldOut}). */
    public String heldOut() { return split.heldOut(); }

    /** What rows are grouped by, for the split and for the steps. */
    Set<String> groupedBy() {
        Set<String> all = new TreeSet<>(split.groupedBy());
        mend.forEach(step -> all.addAll(step.groupedBy()));
        return all;
    }

    /** What may not stand in the files that tell of the preparation, see {@link RowStep#hiding}. */
    UnaryOperator<String> hiding() {
        List<UnaryOperator<String>> all = mend.stream().filter(RowStep.class::isInstance)
                .map(step -> ((RowStep) step).hiding()).toList();
        return text -> {
            String told = text;
            for (UnaryOperator<String> each : all) {
                told = each.apply(told);
            }
            return told;
        };
    }

    /** Every setting with its bounds. */
    public Section<DataSettings> section() { return SECTION; }

    /** Adds what is wrong with the settings themselves; files are looked at when they are read. */
    public void check(Problems problems) {
        SECTION.check(this, problems);
        split.check(problems);
        mend.forEach(step -> step.check(problems));
        train.check(problems);
    }

    /** These settings with other files to train on. */
    public DataSettings withTrain(String... files) {
        return new DataSettings(TrainFiles.of(files), format, rows, prompt, maxLength, pack, overLength, split, mend,
                encoding);
    }

    /** These settings; the usual length no longer than a model's context, any other as it was given. */
    public DataSettings within(OptionalInt context) {
        return maxLength != DEFAULTS.maxLength || context.orElse(maxLength) >= maxLength ? this
                : withMaxLength(context.getAsInt());
    }

    /** These settings with another length of examples. */
    public DataSettings withMaxLength(int tokens) {
        return new DataSettings(train, format, rows, prompt, tokens, pack, overLength, split, mend, encoding);
    }

    /** These settings, several examples in one row or not. */
    public DataSettings withPack(boolean other) {
        return new DataSettings(train, format, rows, prompt, maxLength, other, overLength, split, mend, encoding);
    }

    /**
     * These settings with nothing left to "auto": what was found in the files.
     *
     * @param format "auto" where each file has its own
     */
    public DataSettings resolved(String format, PromptStyle prompt) {
        return new DataSettings(train, format, rows, Optional.of(prompt), maxLength, pack, overLength, split,
                mend, encoding);
    }

    /** These settings with prompts built so. */
    public DataSettings withPrompt(PromptStyle style) {
        return new DataSettings(train, format, rows, Optional.of(style), maxLength, pack, overLength, split,
                mend, encoding);
    }

    /** These settings with rows held out otherwise. */
    public DataSettings withSplit(SplitSettings other) {
        return new DataSettings(train, format, rows, prompt, maxLength, pack, overLength, other, mend, encoding);
    }

    /** These settings with other steps that mend the rows. */
    public DataSettings withMend(List<MendStep> steps) {
        return new DataSettings(train, format, rows, prompt, maxLength, pack, overLength, split, steps, encoding);
    }

    /** These settings with another treatment of long examples. */
    public DataSettings withOverLength(OverLength other) {
        return new DataSettings(train, format, rows, prompt, maxLength, pack, other, split, mend, encoding);
    }

    /** These settings with another way of making ids. */
    public DataSettings withEncoding(EncodingSettings other) {
        return new DataSettings(train, format, rows, prompt, maxLength, pack, overLength, split, mend, other);
    }
}
