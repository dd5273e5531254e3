package io.weft.recipe;

import io.weft.model.HfConfig;
import io.weft.problem.UserError;
import io.weft.run.RunEvent.Warned;
import io.weft.settings.Node;
import io.weft.settings.Origin;
import io.weft.settings.Section;
import io.weft.tune.Tuning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The settings of a known job under one name. What a recipe gives beside it goes before it. */
enum Preset {
    /**
     * The tutorial's: LoRA on ChatGLM3-6B. Its learning rate is the trainer's default of 5e-5, which it left unset. Its
     * four targets are names of ChatGLM; on another family they become all linear layers.
     */
    TUTORIAL("data.prompt=tutorial", "data.maxLength=1024", "data.pack=true", "data.heldOut=0.1", "tuning.lora.rank=8",
            "tuning.lora.alpha=32", "tuning.lora.dropout=0.1",
            "train.epochs=3", "train.batch=4", "train.accumulate=4", "train.learningRate=5e-5", "train.warmupSteps=100",
            "train.schedule=linear", "train.weightDecay=0.01", "train.clipNorm=1",
            "train.logEvery=10", "train.evalEvery=50", "train.saveEvery=100", "train.precision=fp16", "train.seed=42");

    private static final String CHATGLM = "chatglm", CHATGLM_TARGETS =
            "query_key_value,dense,dense_h_to_4h,dense_4h_to_h", OTHER_TARGETS = "all-linear";
    private final List<String> settings;

    Preset(String... settings) { this.settings = List.of(settings); }

    static List<String> names() { return List.of("tutorial"); }

    /** The preset that settings call for, as the lowest layer of a recipe; an empty one when they call for none. */
    static Node.Mapping under(Node.Mapping given, Findings findings) {
        if (!(given.entries().get("preset") instanceof Node.Scalar preset) || !names().contains(preset.text())) {
            return Node.Mapping.empty(Origin.NOWHERE);
        }
        List<String> settings = new ArrayList<>(TUTORIAL.settings);
        String model = given.entries().get("model") instanceof Node.Scalar path ? path.text() : "";
        settings.add("tuning.lora.targets=" + (family(model).filter(CHATGLM::equals).isPresent() ? CHATGLM_TARGETS
                : OTHER_TARGETS));
        return Overrides.tree(settings, Origin.NOWHERE, findings);
    }

    /** What a preset did other than its name says. */
    static Optional<Warned> note(Optional<String> preset, String model, Tuning tuning) {
        Section<?> section = tuning.section();
        boolean changed = preset.isPresent() && section.setting("targets")
                .filter(targets -> List.of(OTHER_TARGETS).equals(section.valueOf(tuning, targets))).isPresent();
        return (changed ? family(model) : Optional.<String>empty()).filter(family -> !family.equals(CHATGLM))
                .map(family -> Warned.of(0, "preset.targets", CHATGLM_TARGETS, family));
    }

    /** The model_type of a folder; a folder that cannot be read is a problem of the model, which others tell. */
    private static Optional<String> family(String model) {
        try {
            return model.isBlank() ? Optional.empty()
                    : Optional.of(HfConfig.read(Path.of(model).resolve("config.json")).modelType());
        } catch (UserError | java.nio.file.InvalidPathException e) {
            return Optional.empty();
        }
    }
}
