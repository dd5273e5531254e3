package io.weft.recipe;

import io.weft.data.prepare.DataSettings;
import io.weft.run.RunEvent.Warned;
import io.weft.train.TrainSettings;
import io.weft.tune.Lora;
import io.weft.tune.Tuning;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A whole job: which model, on which rows, tuned how. The YAML file, the command line and Java speak the same names.
 * <pre>
 *   model: models/qwen3-0.6b
 *   data:   {train: train.jsonl, heldOut: 0.1}
 *   tuning: {lora: {rank: 8, alpha: 32, dropout: 0.1, targets: [q_proj, v_proj]}}
 *   train:  {epochs: 3, batch: 4, accumulate: 4, learningRate: 1e-4}
 * </pre>
 *
 * @param model  folder of the model, as the user wrote it
 * @param preset name of the known job whose settings stand where the recipe gave none, if any
 */
public record Recipe(String model, Optional<String> preset, DataSettings data, Tuning tuning, TrainSettings train) {
    public Recipe {
        Objects.requireNonNull(preset, "preset");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(tuning, "tuning");
        Objects.requireNonNull(train, "train");
    }

    /** Without a preset. */
    public Recipe(String model, DataSettings data, Tuning tuning, TrainSettings train) {
        this(model, Optional.empty(), data, tuning, train);
    }

    /** LoRA with every default. @param model folder of the model  @param train file of training rows */
    public static Recipe of(String model, String train) {
        return new Recipe(model, DataSettings.DEFAULTS.withTrain(train), Lora.DEFAULTS, TrainSettings.DEFAULTS);
    }

    /** The recipe that a YAML text holds. @throws io.weft.problem.UserError naming every problem with its line */
    public static Recipe parse(String yaml) { return RecipeReader.parse(yaml, "recipe"); }

    /** The recipe of a YAML file. @throws io.weft.problem.UserError naming every problem with its line */
    public static Recipe read(Path file) { return RecipeReader.read(Optional.of(file), List.of(), List.of()); }

    /**
     * A copy with some settings changed, checked as a file is: {@code recipe.with("tuning.lora.rank=16",
     * "train.steps=20")}. Without any, a check of a recipe made in Java.
     * @throws io.weft.problem.UserError naming every problem
     */
    public Recipe with(String... settings) { return RecipeReader.changed(this, List.of(settings)); }

    public Recipe withModel(String other) { return new Recipe(other, preset, data, tuning, train); }

    public Recipe withData(DataSettings other) { return new Recipe(model, preset, other, tuning, train); }

    public Recipe withTuning(Tuning other) { return new Recipe(model, preset, data, other, train); }

    public Recipe withTrain(TrainSettings other) { return new Recipe(model, preset, data, tuning, other); }

    /** What the preset did other than its name says, to be told before training. */
    public Optional<Warned> presetNote() { return Preset.note(this); }
}
