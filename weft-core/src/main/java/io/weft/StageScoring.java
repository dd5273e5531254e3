package io.weft;

import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.PreparedData;
import io.weft.data.prepare.PreparedRows;
import io.weft.evaluate.Answers;
import io.weft.evaluate.Evaluation;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.HeldOutRows;
import io.weft.evaluate.Progress;
import io.weft.evaluate.stage.StageScore.Own;
import io.weft.evaluate.stage.StageScore;
import io.weft.generate.Generator;
import io.weft.loaded.BaseLookup;
import io.weft.loaded.LoadedModel;
import io.weft.loaded.ModelSource;
import io.weft.model.folder.FrozenWeights;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.objective.Objective;
import io.weft.objective.Surroundings;
import io.weft.recipe.Recipe;
import io.weft.recipe.Stage;
import io.weft.recipe.StagedRecipe;
import io.weft.run.EventLog;
import io.weft.run.RunEvents;
import io.weft.run.RunFolder;
import io.weft.tensor.Scope;
import io.weft.token.encode.PromptFormat;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * Judges what each stage left, by the rows that the recipe holds out outside of its stages. Models are read from the
 * files that the stages left, so a score does not depend on when it is measured. Belongs to the thread that calls.
 */
final class StageScoring implements AutoCloseable {
    private final StagedRecipe recipe;
    private final RunFolder run;
    private final ModelFolder base;
    private final PromptFormat wording;
    private final HeldOutRows rows;
    private final EvaluationSettings settings;

    /** @param answering how the rows are answered, too; nothing for their loss alone */
    StageScoring(StagedRecipe recipe, RunFolder run, Optional<EvaluationSettings> answering) {
        this.recipe = recipe;
        this.run = run;
        settings = answering.orElse(EvaluationSettings.DEFAULTS);
        base = ModelSource.whole(recipe.common().model()).quantised(recipe.common().quantise());
        PreparedData data = PreparedData.open(run.data());
        DataSettings said = recipe.common().data().within(base.config().contextLength());
        wording = LoadedModel.promptFormat(base, data.promptStyle(), said);
        try (PreparedRows heldOut = data.heldOut(); PreparedRows train = data.train()) {
            Recipe common = recipe.common();
            Objective objective = common.train().objective().within(new Surroundings(base, wording,
                    LoadedModel.contextLength(base), common.train().seed(), Optional.empty()));
            rows = answering.isPresent()
                    ? HeldOutRows.of(objective, wording.encoder(), heldOut,
                    LoadedModel.contextLength(base), settings).trainedOn(train)
                    : HeldOutRows.unasked(objective, wording.encoder(), heldOut);
        }
    }

    HeldOutRows rows() { return rows; }

    /** The model before the first stage. */
    StageScore base(Progress progress) {
        return Scope.value(() -> score(0, say("base"), base.hasWeights() ? base.load(FrozenWeights.AUTO.of(base))
                : base.initialise(firstSeed()), base, Optional.empty(), progress));
    }

    /** As the first stage makes a model that has no weights yet. */
    private long firstSeed() {
        return recipe.stages().get(0) instanceof Stage.Training training ? training.recipe().train().seed()
                : recipe.common().train().seed();
    }

    /** What a stage that is done left. */
    StageScore stage(Stage stage, Progress progress) {
        return Scope.value(() -> {
            ModelSource source = ModelSource.ofStage(run, stage.number(), Optional.empty(), BaseLookup.usual());
            try (LoadedModel loaded = LoadedModel.open(source)) {
                return score(stage.number(), stage.name(), loaded.model(), loaded.folder(), own(stage), progress);
            }
        });
    }

    private StageScore score(int number, String name, CausalLm model, ModelFolder folder, Optional<Own> own,
            Progress progress) {
        Generator generator = new Generator(model, LoadedModel.contextLength(folder), wording.encoder().ending(),
                wording.tokenizer());
        Answers answers = Evaluation.of(model, Adapters.DEFAULT, generator, wording.encoder()::answer, rows, settings,
                progress);
        return StageScore.of(number, name, rows, answers, own);
    }

    private Optional<Own> own(Stage stage) {
        if (!(stage instanceof Stage.Training training)) {
            return Optional.empty();
        }
        RunFolder folder = new RunFolder(run.stages().resolve(stage.folder()));
        return RunEvents.of(EventLog.events(folder.events())).best().map(best ->
                new Own(training.recipe().train().objective().name(), best.loss(), best.metrics()));
    }

    @Override public void close() { wording.tokenizer().close(); }
}
