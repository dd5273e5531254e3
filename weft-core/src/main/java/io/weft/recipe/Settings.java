package io.weft.recipe;

import io.weft.data.prepare.DataSettings;
import io.weft.model.folder.Quantise;
import io.weft.settings.Choice;
import io.weft.settings.Configurable;
import io.weft.settings.Entry;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.File;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Values.WholeNumber;
import io.weft.train.TrainSettings;
import io.weft.tune.Tuning;
import io.weft.tune.Tunings;
import java.util.ArrayList;
import java.util.List;

import static io.weft.problem.Translatable.text;

/**
 * The keys of a recipe: a few that stand alone, the groups that records describe, and the way of tuning, which is one
 * of several. From here recipes are read, written, completed and documented.
 */
final class Settings {
    /** The format that this Weft reads and writes. */
    static final int VERSION = 1;

    static final Setting VERSION_KEY = Setting.of("version", new WholeNumber(1, VERSION),
            text("format of this file; a newer one than Weft knows is refused"));

    static final Setting MODEL = Setting.of("model", new File(text("the folder of a model")),
            text("Hugging Face folder of the model to tune")).required("models/my-model")
            .changing(text("the same base is read from another folder"));

    static final Setting QUANTISE = Setting.of("model.quantise", OneOf.of(Quantise.class),
            text("make the weights of the linears, but the head's, this narrow while they are read; nf4: QLoRA"))
            .optional("nf4", text("as the folder holds them"))
            .fixed(text("the steps so far were computed with such weights"));

    static final Setting PRESET = Setting.of("preset", OneOf.names(Preset::names),
            text("a known job whose settings stand where the recipe gives none; tutorial: the ChatGLM3 tutorial's"))
            .optional("tutorial", text("Weft's defaults"));

    static final Section<DataSettings> DATA = DataSettings.DEFAULTS.section();

    static final Choice<Tuning> TUNING = Choice.of("tuning", Tunings.TABLE, text("how the model is tuned"),
            text("a model is tuned in one way"));

    static final Section<TrainSettings> TRAIN = TrainSettings.DEFAULTS.section();

    /** Everything, in the order of the file. A section among these has a key of its own. */
    static final List<Entry> ALL = List.of(VERSION_KEY, MODEL, QUANTISE, PRESET, DATA, TUNING, TRAIN,
            new StageList());

    /** What a stage lays over the recipe. */
    static final List<Entry> STAGE_LAYS = List.of(DATA, TUNING, TRAIN);

    static final Choice<?> OBJECTIVE = (Choice<?>) TRAIN.keys().stream()
            .filter(key -> key.name().equals(StageList.OBJECTIVE)).findFirst().orElseThrow();

    /** Every key of a stage but its name and {@code merge}. */
    static final List<Entry> STAGE_KEYS = List.of(OBJECTIVE, DATA, TUNING, TRAIN);

    private Settings() {}

    /** Every key of a stage. */
    static List<String> stageNames() {
        List<String> names = new ArrayList<>(List.of(StageList.NAME, StageList.MERGE));
        STAGE_KEYS.forEach(key -> names.add(key.name()));
        return names;
    }

    /** Every path that a recipe can give: groups and settings. */
    static List<String> paths() {
        List<String> paths = new ArrayList<>();
        ALL.forEach(entry -> addPaths("", entry, paths));
        return paths;
    }

    private static void addPaths(String prefix, Entry entry, List<String> paths) {
        String path = prefix + entry.name();
        paths.add(path);
        if (entry instanceof Section<?> section) {
            section.keys().forEach(key -> addPaths(path + ".", key, paths));
        } else if (entry instanceof Choice<?> choice) {
            for (Configurable one : choice.all()) {
                addPaths(path + ".", one.section(), paths);
            }
        }
    }
}
