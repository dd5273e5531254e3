package io.weft.recipe;

import io.weft.data.prepare.DataSettings;
import io.weft.problem.Translatable;
import io.weft.recipe.Values.Flag;
import io.weft.recipe.Values.HeldOutRows;
import io.weft.recipe.Values.Names;
import io.weft.recipe.Values.Number;
import io.weft.recipe.Values.OneOf;
import io.weft.recipe.Values.Path;
import io.weft.recipe.Values.Seed;
import io.weft.recipe.Values.WholeNumber;
import io.weft.train.Schedule;
import io.weft.train.TrainSettings;
import io.weft.tune.Full;
import io.weft.tune.Lora;
import io.weft.tune.Tuning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Translatable.text;

/**
 * Every key of a recipe, once: bounds and descriptions stand here, types and defaults in the records. A new setting is
 * a component there and a line here, a new tuning method a section in {@link #TUNINGS}.
 */
final class Settings {
    /** The format that this Weft reads and writes. */
    static final int VERSION = 1;
    /** No count in a recipe is larger. */
    private static final int MANY = 1_000_000_000;

    static final Setting VERSION_KEY = Setting.of("version", new WholeNumber(1, VERSION),
            text("format of this file; a newer one than Weft knows is refused"));

    static final Setting MODEL = Setting.of("model", new Path(text("the folder of a model")),
            text("Hugging Face folder of the model to tune")).required("models/my-model");

    static final Setting PRESET = Setting.of("preset", new OneOf(Preset.names()),
            text("a known job whose settings stand where the recipe gives none; tutorial: the ChatGLM3 tutorial's"))
            .optional("tutorial", text("Weft's defaults"));

    static final Section<DataSettings> DATA = new Section<>("data", DataSettings.DEFAULTS, text("what to learn from"),
            Setting.of("train", new Path(text("a file of rows")),
                    text("training rows: a JSON array, JSONL, CSV or plain text")).required("train.jsonl"),
            Setting.of("format", new OneOf(DataSettings.formats()),
            text("what the rows look like; auto: told by the first row's fields")),
            Setting.of("rows", new WholeNumber(1, MANY), text("only the first so many rows"))
            .optional("1000", text("all rows")),
            Setting.of("prompt", new OneOf(DataSettings.prompts()),
                    text("how a prompt is built: the tutorial's wording, the model's chat template, or the text as it "
                    + "is; auto: as usual for the format")),
            Setting.of("maxLength", new WholeNumber(2, 1 << 20), text("tokens in an example, and in a pack")),
            Setting.of("pack", new Flag(), text("several examples in one row, isolated from each other")),
            Setting.of("overLength", new OneOf(DataSettings.OVER_LENGTHS),
            text("longer examples: shorten the prompt first, cut the end, leave out, or stop")),
            Setting.of("heldOut", new HeldOutRows(),
            text("rows kept for evaluation: a share of them, a number of them, or a file")));

    static final Section<Lora> LORA = new Section<>("tuning.lora", Lora.DEFAULTS,
            text("low-rank updates beside frozen weights"),
            Setting.of("rank", new WholeNumber(1, 65_536), text("inner width of the update")),
            Setting.of("alpha", new Number(0, true, 1_000_000, false), text("the update is scaled by alpha / rank")),
            Setting.of("dropout", new Number(0, false, 1, true),
            text("share of the update's inputs left out while training")),
            Setting.of("targets", new Names(text("names of linear layers, or all-linear")),
                    text("linear layers to tune, by name; all-linear is all but the head")));

    static final Section<Full> FULL = new Section<>("tuning.full", new Full(), text("every weight is trained"));

    /** The ways of tuning, of which a recipe names one. The first is the default. */
    static final List<Section<? extends Record>> TUNINGS = List.of(LORA, FULL);

    static final Translatable TUNING_ABOUT = text("how the model is tuned: one of lora, full");

    static final Section<TrainSettings> TRAIN = new Section<>("train", TrainSettings.DEFAULTS,
            text("how training goes"),
            Setting.of("objective", new OneOf(List.of("sft", "pretrain")),
                    text("learn the completions, or every token of plain text (which trains every weight)")),
            Setting.of("epochs", new Number(0, true, 1_000_000, false), text("passes over the training rows")),
            Setting.of("steps", new WholeNumber(1, MANY), text("optimizer steps, instead of epochs"))
            .optional("500", text("as many as the epochs take")),
            Setting.of("batch", new WholeNumber(1, 65_536), text("rows (packs when packing) in a micro-batch")),
            Setting.of("accumulate", new WholeNumber(1, 65_536), text("micro-batches in an optimizer step")),
            Setting.of("learningRate", new Number(0, true, 10, false), text("peak learning rate"))
                    .optional("2e-4", text("2e-4 for adapters, 2e-5 for full tuning")),
            Setting.of("warmupSteps", new WholeNumber(0, MANY), text("steps in which the learning rate rises"))
                    .optional("100", text("100, but never more than a tenth of the steps")),
            Setting.of("schedule", new OneOf(Schedule.Shape.names()),
            text("how the learning rate falls after the warm-up")),
            Setting.of("weightDecay", new Number(0, false, 10, false),
            text("decay of the weights in each step; biases and norms have none")),
            Setting.of("clipNorm", new Number(0, false, 1_000_000, false),
            text("largest gradient norm; 0 for no clipping")),
            Setting.of("logEvery", new WholeNumber(1, MANY), text("steps between log lines")),
            Setting.of("evalEvery", new WholeNumber(1, MANY), text("steps between evaluations")),
            Setting.of("saveEvery", new WholeNumber(1, MANY), text("steps between checkpoints")),
            Setting.of("keepCheckpoints", new WholeNumber(1, MANY),
            text("newest checkpoints that stay; the best always does")),
            Setting.of("patience", new WholeNumber(0, MANY),
            text("evaluations without a better one before stopping early; 0 for never")),
            Setting.of("average", new OneOf(List.of("tokens", "microBatches")),
            text("what weighs the same in a step's loss; microBatches only for parity with older trainers")),
            Setting.of("precision", new OneOf(List.of("auto", "fp32", "bf16", "fp16")),
            text("arithmetic of the forward and backward passes")),
            Setting.of("frozenWeights", new OneOf(List.of("auto", "mapped", "resident")),
            text("weights that are not trained: in memory as fp32, or mapped from their files and widened where used; "
            + "auto: mapped when fp32 takes over half of the memory")),
            Setting.of("recompute", new OneOf(List.of("auto", "always", "never")),
            text("compute activations again in the backward pass instead of keeping them; auto: where that "
                    + "saves memory")),
            Setting.of("seed", new Seed(),
            text("random seed: the split, the order of the rows, the first values, dropout")));

    private Settings() {}

    /**
     * The section that describes this method.
     *
     * @throws IllegalArgumentException for a method that recipes do not know
     */
    static Section<? extends Record> of(Tuning tuning) {
        return TUNINGS.stream().filter(section -> section.holds(tuning)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no recipe can name " + tuning.getClass().getName()));
    }

    /** The section of a tuning method by its key. */
    static Optional<Section<? extends Record>> tuning(String name) {
        return TUNINGS.stream().filter(section -> section.name().equals(name)).findFirst();
    }

    /** All sections in the order of the file. */
    static List<Section<? extends Record>> sections() {
        List<Section<? extends Record>> sections = new ArrayList<>(List.of(DATA));
        sections.addAll(TUNINGS);
        sections.add(TRAIN);
        return sections;
    }

    /** Every path that a recipe can give: groups and settings. */
    static List<String> paths() {
        List<String> paths = new ArrayList<>(List.of("version", "model", "preset", "tuning"));
        for (Section<?> section : sections()) {
            paths.add(section.path());
            section.settings().forEach(setting -> paths.add(section.path(setting)));
        }
        return paths;
    }
}
