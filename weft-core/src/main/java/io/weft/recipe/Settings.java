package io.weft.recipe;

import io.weft.data.prepare.DataSettings;
import io.weft.problem.Translatable;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.File;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Values.WholeNumber;
import io.weft.train.TrainSettings;
import io.weft.tune.Full;
import io.weft.tune.Lora;
import io.weft.tune.Tuning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Translatable.text;

/**
 * The keys of a recipe, each once: what its records describe by their sections, and the few that stand alone. A new
 * tuning method is a section in {@link #TUNINGS}.
 */
final class Settings {
    /** The format that this Weft reads and writes. */
    static final int VERSION = 1;

    static final Setting VERSION_KEY = Setting.of("version", new WholeNumber(1, VERSION),
            text("format of this file; a newer one than Weft knows is refused"));

    static final Setting MODEL = Setting.of("model", new File(text("the folder of a model")),
            text("Hugging Face folder of the model to tune")).required("models/my-model");

    static final Setting PRESET = Setting.of("preset", OneOf.names(Preset::names),
            text("a known job whose settings stand where the recipe gives none; tutorial: the ChatGLM3 tutorial's"))
            .optional("tutorial", text("Weft's defaults"));

    static final Section<DataSettings> DATA = DataSettings.DEFAULTS.section();

    /** The ways of tuning, of which a recipe names one. The first is the default. */
    static final List<Section<? extends Tuning>> TUNINGS = List.of(Lora.DEFAULTS.section(), new Full().section());

    static final Translatable TUNING_ABOUT = text("how the model is tuned: one of lora, full");

    static final Section<TrainSettings> TRAIN = TrainSettings.DEFAULTS.section();

    private Settings() {}

    /** The section of a tuning method by its key. */
    static Optional<Section<? extends Tuning>> tuning(String name) {
        return TUNINGS.stream().filter(section -> section.name().equals(name)).findFirst();
    }

    /** All sections in the order of the file. */
    static List<Section<?>> sections() {
        List<Section<?>> sections = new ArrayList<>(List.of(DATA));
        sections.addAll(TUNINGS);
        sections.add(TRAIN);
        return sections;
    }

    /** Where a section stands, such as "tuning.lora". */
    static String path(Section<?> section) {
        return (TUNINGS.contains(section) ? "tuning." : "") + section.name();
    }

    /** Every path that a recipe can give: groups and settings. */
    static List<String> paths() {
        List<String> paths = new ArrayList<>(List.of("version", "model", "preset", "tuning"));
        for (Section<?> section : sections()) {
            paths.add(path(section));
            section.settings().forEach(setting -> paths.add(path(section) + "." + setting.name()));
        }
        return paths;
    }
}
