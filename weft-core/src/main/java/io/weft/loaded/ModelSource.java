package io.weft.loaded;

import io.weft.model.HfConfig;
import io.weft.model.RowHead;
import io.weft.model.folder.ModelFolder;
import io.weft.model.folder.TextFiles;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.resume.RecordedRun;
import io.weft.run.RunFolder;
import io.weft.run.StagesFile;
import io.weft.tune.AdapterFolder;
import io.weft.tune.Tuning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * What a user named, before a weight is read: a run, an adapter, or a Hugging Face folder.
 *
 * @param path    the folder itself
 * @param folder  the Hugging Face folder that the weights come from, and the texts that it is spoken to with
 * @param adapter the adapter's folder, when there is one
 * @param run     the run, when a run was named
 * @param notes   which files are used where the name does not say, line by line
 */
public record ModelSource(Path path, ModelFolder folder, Optional<Path> adapter, Optional<RunFolder> run,
        List<String> notes) {
    /**
     * @param named a folder, or a name on a hub that the cache holds
     * @param base  folder of an adapter's base, when it is not where the adapter says
     * @throws UserError when the folder is none of the three, or what it needs is missing
     */
    public static ModelSource of(Path named, Optional<Path> base) { return of(named, base, BaseLookup.usual()); }

    /**
     * A whole model, to tune.
     *
     * @param named a folder, or a name on a hub that the cache holds
     * @throws UserError when it is neither
     */
    public static ModelFolder whole(String named) {
        requireName(named);
        return ModelFolder.open(BaseLookup.usual().named(Path.of(named)).folder());
    }

    /**
     * The model of a recipe, quantised where that asks for it.
     *
     * @throws UserError when there is none, or the way of tuning does not go with quantised weights
     */
    public static ModelFolder toTune(Recipe recipe) { return toTune(recipe, whole(recipe.model())); }

    public static ModelFolder toTune(Recipe recipe, ModelFolder found) {
        ModelFolder folder = found.quantised(recipe.quantise());
        Tuning tuning = recipe.tuning();
        if (folder.isQuantised() && !tuning.isAdapter()) {
            throw UserError.of(say("%s: its weights are quantised, and tuning.%s trains the weights themselves; take "
                    + "an adapter such as tuning.lora, or the folder of the model that is not quantised",
                    folder.path(), tuning.name()));
        }
        return folder;
    }

    /** @throws UserError when the model reads rows and writes nothing */
    public ModelSource generating() {
        ObjectiveHead.requireTokens(folder, say("an answer is asked for"));
        return this;
    }

    private static void requireName(String named) {
        if (named.isBlank()) {
            throw UserError.of(say("the name of the model or run is empty; the current directory is written ."));
        }
    }

    public static ModelSource of(Path named, Optional<Path> base, BaseLookup lookup) {
        requireName(named.toString());
        List<String> notes = new ArrayList<>();
        BaseLookup.Found found = lookup.named(named);
        found.note().ifPresent(notes::add);
        Path path = found.folder();
        if (RunFolder.isOne(path)) {
            return ofRun(RunFolder.open(path), base, lookup);
        }
        if (AdapterFolder.isOne(path)) {
            BaseLookup.Found below = base.map(lookup::named).orElseGet(() -> lookup.ofAdapter(path));
            below.note().ifPresent(notes::add);
            return ofAdapter(path, path, below.folder(), Optional.empty(), notes);
        }
        requireNoBase(path, base);
        requireNoneInside(path);
        return new ModelSource(path, ModelFolder.open(path), Optional.empty(), Optional.empty(), notes);
    }

    /** What the last stage of a run left. */
    private static ModelSource ofStages(RunFolder run, Optional<Path> base, BaseLookup lookup) {
        StagesFile file = StagesFile.read(run);
        StagesFile.Entry last = file.last();
        if (!last.isDone()) {
            throw UserError.of(say("%s has no result yet: %d of its %d stages are done; go on with weft resume %s, or "
                    + "name the folder of a stage that is done, such as %s", run.path(), file.done(),
                    file.stages().size(), run.path(), run.path().resolve(file.stage(Math.max(1, file.done()))
                    .folder())));
        }
        ModelSource result = ofStage(run, last.number(), base, lookup);
        return new ModelSource(run.path(), result.folder(), result.adapter(), result.run(), result.notes());
    }

    /** What a stage of a run left. @param number of the stage, which is done */
    public static ModelSource ofStage(RunFolder run, int number, Optional<Path> base, BaseLookup lookup) {
        StagesFile file = StagesFile.read(run);
        StagesFile.Entry stage = file.stage(number);
        if (stage.isMerge()) {
            Path folder = run.path().resolve(stage.result().orElseThrow());
            requireNoBase(folder, base);
            return new ModelSource(folder, ModelFolder.open(folder), Optional.empty(), file.trainedLast(number)
                    .map(trained -> RunFolder.open(run.path().resolve(trained.folder()))), List.of());
        }
        // the result of the stage before lies in the run's own folder, wherever that was moved to
        Optional<Path> inside = stage.base().map(run.path()::resolve);
        inside.ifPresent(folder -> requireNoBase(folder, base));
        RunFolder trained = RunFolder.open(run.path().resolve(stage.folder()));
        return ofRun(trained, Files.isDirectory(trained.model()) ? base : inside.or(() -> base), lookup);
    }

    private static ModelSource ofRun(RunFolder run, Optional<Path> base, BaseLookup lookup) {
        if (StagesFile.isOne(run)) {
            return ofStages(run, base, lookup);
        }
        if (Files.isDirectory(run.model())) {
            requireNoBase(run.model(), base);
            return new ModelSource(run.path(), ModelFolder.open(run.model()), Optional.empty(), Optional.of(run),
                    List.of());
        }
        requireResult(run);
        List<String> notes = new ArrayList<>();
        Path below = base(run, base, lookup);
        base.flatMap(asked -> RecordedRun.otherWeights(run, below)).ifPresent(notes::add);
        ModelSource source = ofAdapter(run.path(), run.adapter(), below, Optional.of(run), notes);
        return new ModelSource(source.path, source.folder.quantised(Recipe.read(run.recipe()).quantise()),
                source.adapter, source.run, source.notes);
    }

    /** The base of a run. @param asked a folder to take instead  @throws UserError when it is not there any more */
    public static Path base(RunFolder run, Optional<Path> asked) { return base(run, asked, BaseLookup.usual()); }

    private static Path base(RunFolder run, Optional<Path> asked, BaseLookup lookup) {
        if (asked.isPresent()) {
            return lookup.named(asked.get()).folder();
        }
        String model = Recipe.read(run.recipe()).model();
        if (model.isBlank() || !Files.isDirectory(Path.of(model))) {
            throw UserError.of(say("%s was tuned on the base model %s, which is not there any more; name its folder "
                    + "with --base DIR", run.path(), model.isBlank() ? say("none") : model));
        }
        RecordedRun.otherWeights(run, Path.of(model)).ifPresent(other -> {
            throw UserError.of(other + "\n  " + say("put the weights back as they were, or name this or another folder "
                    + "with --base DIR"));
        });
        return Path.of(model);
    }

    private static ModelSource ofAdapter(Path path, Path adapter, Path base, Optional<RunFolder> run,
            List<String> notes) {
        TextFiles texts = AdapterTexts.of(adapter, base);
        AdapterTexts.note(texts, base).ifPresent(notes::add);
        ModelFolder folder = headed(ModelFolder.open(base).withTexts(texts), adapter, run);
        return new ModelSource(path, folder, Optional.of(adapter), run, notes);
    }

    /**
     * The base with the head that the adapter brings: its outputs are named by a config.json beside it, where there is
     * one.
     */
    private static ModelFolder headed(ModelFolder base, Path adapter, Optional<RunFolder> run) {
        OptionalInt outputs = AdapterFolder.outputs(adapter);
        if (outputs.isEmpty()) {
            ObjectiveHead.requireTokens(base, say("%s was trained to (its task_type is not SEQ_CLS)", adapter));
            return base;
        }
        Path beside = adapter.resolve("config.json");
        Optional<HfConfig> config = Files.isRegularFile(beside) ? Optional.of(HfConfig.read(beside)) : Optional.empty();
        List<String> labels = config.flatMap(RowHead::labels)
                .filter(names -> names.size() == outputs.getAsInt()).orElse(RowHead.usual(outputs.getAsInt()));
        long seed = run.map(of -> Recipe.read(of.recipe()).train().seed()).orElse(0L);
        return base.telling(labels, seed, config.filter(one -> one.has("pad_token_id"))
                .map(one -> OptionalInt.of(one.integer("pad_token_id"))).orElse(OptionalInt.empty()));
    }

    private static void requireNoBase(Path path, Optional<Path> base) {
        if (base.isPresent()) {
            throw UserError.of(say("%s is a whole model, no adapter, so it has no base; leave --base out", path));
        }
    }

    /** PEFT saves each adapter of a model, and trainers each checkpoint, in a folder of its own. */
    private static void requireNoneInside(Path path) {
        if (Files.exists(path.resolve("config.json"))) {
            return;
        }
        try (Stream<Path> inside = Files.list(path)) {
            List<String> adapters = inside.filter(AdapterFolder::isOne).map(Path::toString).sorted().toList();
            if (!adapters.isEmpty()) {
                throw UserError.of(say("%s is no model itself; adapters are in %s: name one of them", path,
                        String.join(", ", adapters)));
            }
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", path, e.getMessage()), e);
        }
    }

    /** @throws UserError when the run is not finished */
    public static void requireResult(RunFolder run) {
        if (!Files.isDirectory(run.model()) && !AdapterFolder.isOne(run.adapter())) {
            throw UserError.of(say("%s has no result: the run is not finished, or it diverged before its first "
                    + "evaluation; go on with weft resume %s", run.path(), run.path()));
        }
    }
}
