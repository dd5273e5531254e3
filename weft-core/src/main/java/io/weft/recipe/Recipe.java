package io.weft.recipe;

import io.weft.data.Conversation;
import io.weft.data.OverLength;
import io.weft.data.prepare.DataSettings;
import io.weft.model.folder.Quantise;
import io.weft.objective.Objective;
import io.weft.run.RunEvent.Warned;
import io.weft.settings.Node;
import io.weft.settings.Origin;
import io.weft.settings.Values;
import io.weft.train.Average;
import io.weft.train.Objectives;
import io.weft.train.TrainSettings;
import io.weft.tune.Tuning;
import io.weft.tune.Tunings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

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
 * @param quantise what its weights become while they are read, if anything
 * @param preset name of the known job whose settings stand where the recipe gave none, if any
 */
public record Recipe(String model, Optional<Quantise> quantise, Optional<String> preset, DataSettings data,
        Tuning tuning, TrainSettings train) {
    public Recipe {
        Objects.requireNonNull(preset, "preset");
        Objects.requireNonNull(quantise, "quantise");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(tuning, "tuning");
        Objects.requireNonNull(train, "train");
    }

    /** Without a preset. */
    public Recipe(String model, DataSettings data, Tuning tuning, TrainSettings train) {
        this(model, Optional.empty(), Optional.empty(), data, tuning, train);
    }

    /** The usual way of tuning, with every default. @param model folder of the model  @param train file of rows */
    public static Recipe of(String model, String train) {
        return new Recipe(model, DataSettings.DEFAULTS.withTrain(train), Tunings.all().get(0), TrainSettings.DEFAULTS);
    }

    /** The recipe that a YAML text holds. @throws io.weft.problem.UserError naming every problem with its line */
    public static Recipe parse(String yaml) {
        return of(new RecipeLayers("recipe").yaml(yaml, true), (all, none) -> {});
    }

    /** The recipe of a YAML file. @throws io.weft.problem.UserError naming every problem with its line */
    public static Recipe read(Path file) {
        return of(new RecipeLayers(file.toString()).file(file), (all, none) -> {});
    }

    /**
     * A copy with some settings changed, checked as a file is: {@code recipe.with("tuning.lora.rank=16",
     * "train.steps=20")}. Without any, a check of a recipe made in Java.
     * @throws io.weft.problem.UserError naming every problem
     */
    public Recipe with(String... settings) {
        return of(new RecipeLayers(say("the recipe")).yaml(yaml(), false)
                .given(List.of(settings), Origin.NOWHERE), (all, none) -> {});
    }

    /**
     * The recipe that sources make together.
     *
     * @param check what else is to be checked, when the recipe is whole
     * @throws io.weft.problem.UserError naming every problem
     */
    static Recipe of(RecipeLayers layers, BiConsumer<Recipe, Findings> check) {
        Node.Mapping tree = layers.tree();
        if (tree.entries().containsKey(StageList.KEY)) {
            layers.findings().add(StageList.KEY, say("this is a recipe of several stages, which weft train and weft "
                    + "resume run (in Java: StagedRecipe and StagedRun); a single training has none"));
        }
        Optional<Recipe> recipe = bound(tree, layers.findings());
        recipe.ifPresent(whole -> check.accept(whole, layers.findings()));
        layers.throwIfAny();
        return recipe.orElseThrow(() -> new IllegalStateException("no recipe and no problem"));
    }

    /** Nothing when what every recipe must give is missing. */
    static Optional<Recipe> bound(Node.Mapping tree, Findings findings) {
        var binding = new Binding(findings);
        if (binding.refusesNewer(tree)) {
            return Optional.empty();
        }
        Map<String, Object> values = binding.values(tree);
        DataSettings data = (DataSettings) values.get("data");
        TrainSettings train = (TrainSettings) values.get("train");
        Optional<Tuning> tuning = Optional.ofNullable((Tuning) values.get("tuning"));
        checkTogether(data, tuning, train, findings);
        checkQuantised((Quantise) values.get(Settings.QUANTISE.name()),
                tuning.orElseGet(() -> usual(train.objective())),
                findings);
        return values.get("model") == null || data.train().isEmpty() ? Optional.empty()
                : Optional.of(new Recipe((String) values.get("model"),
                Optional.ofNullable((Quantise) values.get(Settings.QUANTISE.name())),
                Optional.ofNullable((String) values.get("preset")), data,
                tuning.orElseGet(() -> usual(train.objective())), train));
    }

    private static void checkQuantised(Quantise quantise, Tuning tuning, Findings findings) {
        if (quantise != null && !tuning.isAdapter()) {
            findings.add(Settings.QUANTISE.name(), say("tuning.%s trains the weights themselves, which %s does not "
                    + "keep as they are; leave one of the two out, or take an adapter such as tuning.lora",
                    tuning.name(), quantise.word()));
        }
    }

    private static Tuning usual(Objective objective) {
        return Tunings.all().stream().filter(tuning -> !(objective.trainsEveryWeight() && tuning.isAdapter()))
                .findFirst().orElseThrow();
    }

    /** What no setting can know by itself. */
    private static void checkTogether(DataSettings data, Optional<Tuning> tuning, TrainSettings train,
            Findings findings) {
        tuning.ifPresent(method -> checkTogether(method, train.objective(), findings));
        train.objective().problems().forEach(problem ->
                findings.add("train.objective." + train.objective().name(), problem));
        if (train.objective().makesAnswers() && data.overLength() == OverLength.CUT_END) {
            findings.add("data.overLength", say("cutEnd cuts what is asked short of its end, and %s has the model "
                    + "answer it; set it to cut, drop or refuse", train.objective().name()));
        }
        if (data.overLength() == OverLength.SPLIT && (train.objective().makesAnswers()
                || !train.objective().eats().contains(Conversation.class))) {
            findings.add("data.overLength", say("split makes several rows of one, and what %s learns is said of a "
                    + "whole answer; set it to cut, drop or refuse", train.objective().name()));
        }
        if (train.compute().tokensAtOnce().orElse(0) > 0 && train.average() == Average.MICRO_BATCHES) {
            findings.add("train.tokensAtOnce", say("a divided micro-batch has no mean of its own before all of it was "
                    + "seen; set train.average to tokens, or train.batch lower"));
        }
        if (train.cadence().patience() > 0
                && Values.Number.decimal(data.heldOut()).filter(share -> share == 0).isPresent()) {
            findings.add("train.patience",
                    say("stopping early needs held-out rows, but data.heldOut is 0; give a share such as 0.1, or "
                    + "patience 0"));
        }
    }

    static void checkTogether(Tuning tuning, Objective objective, Findings findings) {
        String method = "tuning." + tuning.name();
        tuning.conflicts().forEach((setting, what) -> findings.add(method + "." + setting, what));
        if (objective.trainsEveryWeight() && tuning.isAdapter()) {
            findings.add(method, say("%s trains every weight; leave %s out, or set train.objective: sft",
                    objective.name(), method));
        }
        if (objective.wantsReference() && !tuning.isAdapter()) {
            if (objective.makesAnswers()) {
                findings.add(method, say("%s compares with the model before tuning, whose weights %s overwrites; set "
                        + "train.objective.%s.beta: 0, or take an adapter such as tuning.lora", objective.name(),
                        method,
                        objective.name()));
                return;
            }
            String without = withoutReference(objective);
            findings.add(method, say("%s compares with the model before tuning, whose weights %s overwrites; leave it "
                    + "out, or take an adapter such as tuning.lora", objective.name(), method)
                    + (without.isEmpty() ? "" : say("; of the same rows learn %s, too, and compare with nothing",
                    without)));
        }
    }

    /** Objectives that learn from the same rows and want no reference. */
    private static String withoutReference(Objective objective) {
        return Objectives.all().stream().filter(other -> !other.wantsReference() && !other.makesAnswers()
                && other.readout() == objective.readout()
                && other.eats().stream().anyMatch(objective.eats()::contains)).map(Objective::name)
                .collect(Collectors.joining(say(", ")));
    }

    /** As YAML, with every setting. */
    String yaml() { return RecipeYaml.text(values()); }

    /** By key: a written value, a record, or what was chosen. */
    Map<String, Object> values() {
        Map<String, Object> values = new HashMap<>();
        values.put("version", Settings.VERSION);
        values.put("model", model);
        values.put(Settings.QUANTISE.name(), quantise.map(Quantise::word).orElse(null));
        values.put("preset", preset.orElse(null));
        values.put("data", data);
        values.put("tuning", tuning);
        values.put("train", train);
        return values;
    }

    public Recipe withModel(String other) { return new Recipe(other, quantise, preset, data, tuning, train); }

    public Recipe withQuantise(Optional<Quantise> other) {
        return new Recipe(model, other, preset, data, tuning, train);
    }

    public Recipe withData(DataSettings other) { return new Recipe(model, quantise, preset, other, tuning, train); }

    public Recipe withTuning(Tuning other) { return new Recipe(model, quantise, preset, data, other, train); }

    public Recipe withTrain(TrainSettings other) { return new Recipe(model, quantise, preset, data, tuning, other); }

    /** What the preset did other than its name says, to be told before training. */
    public Optional<Warned> presetNote() { return Preset.note(preset, model, tuning); }
}
