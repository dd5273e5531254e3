package io.weft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.Measure;
import io.weft.evaluate.stage.StageScore;
import io.weft.evaluate.stage.StageTable;
import io.weft.export.Export;
import io.weft.generate.Sampling;
import io.weft.loaded.ModelSource;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.recipe.Stage;
import io.weft.recipe.StagedRecipe;
import io.weft.resume.Resumption;
import io.weft.run.RunEvent.Finished.Reason;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent;
import io.weft.run.RunFolder;
import io.weft.run.RunListener;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Several trainings in one recipe, each from the result of the one before. */
class StagedRunTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FIVE = """
              - {objective: pretrain, data: {train: TEXTS}}
              - {tuning: lora}
              - merge
              - {tuning: full, name: all-weights, train: {learningRate: 0.002}}
              - {objective: dpo, data: {train: PREFERENCES, prompt: plain}, train: {learningRate: 0.01}}
            """;
    @TempDir Path folder;
    private Path base;

    @BeforeEach void makeModelAndRows() throws IOException {
        base = TinyRun.base(folder.resolve("base"), DType.F32);
        TinyRun.rows(folder.resolve("rows.jsonl"), 24);
        Files.writeString(folder.resolve("texts.jsonl"), IntStream.range(0, 20).mapToObj(i ->
                "{\"text\": \"my friend writes a letter " + i + ", the cat reads the book.\"}\n")
                .collect(Collectors.joining()));
        Files.writeString(folder.resolve("preferences.jsonl"), IntStream.range(0, 24).mapToObj(i ->
                "{\"prompt\": \"老师写下数据 " + i + "\", \"chosen\": \"my friend writes a letter? " + i
                + "\", \"rejected\": \"a small model trains on ten rows!\"}\n").collect(Collectors.joining()));
    }

    private StagedRecipe recipe(String stages) {
        return StagedRecipe.parse("""
                model: BASE
                data: {train: ROWS, maxLength: 96, heldOut: 0.25, clock: 2026-01-31T12:00:00}
                train: {steps: 6, learningRate: 0.02, accumulate: 1, evalEvery: 3, saveEvery: 2}
                stages:
                """.concat(stages).replace("BASE", base.toString())
                .replace("ROWS", folder.resolve("rows.jsonl").toString())
                .replace("TEXTS", folder.resolve("texts.jsonl").toString())
                .replace("PREFERENCES", folder.resolve("preferences.jsonl").toString()));
    }

    private static StagedRun.Ended run(StagedRecipe recipe, Path out, StagedRun.Watch watch) {
        return Weft.train(recipe, out, watch);
    }

    private static StagedRun.Ended resumed(Path out, Resumption asked) {
        return Scope.value(() -> {
            try (StagedRun run = StagedRun.resume(out, asked, StagedRun.Watch.NONE)) {
                return run.run();
            }
        });
    }

    @Test void eachStageIsTheSingleRunFromTheResultOfTheOneBefore() throws IOException {
        StagedRecipe recipe = recipe(FIVE);
        List<String> told = new ArrayList<>();
        Path out = folder.resolve("run");
        StagedRun.Ended ended = run(recipe, out, new StagedRun.Watch() {
            @Override public void begins(Stage stage, int of) { told.add(stage.folder() + " of " + of); }

            @Override public void scored(StageScore score) { told.add("judged " + score.number()); }
        });
        assertThat(ended.reason()).isEqualTo(Reason.DONE);
        assertThat(told).containsExactly("judged 0", "01-pretrain of 5", "judged 1", "02-lora of 5", "judged 2",
                "03-merge of 5", "judged 3", "04-all-weights of 5", "judged 4", "05-dpo of 5", "judged 5");
        Path model = base;
        for (Stage stage : recipe.stages()) {
            Path mine = out.resolve("stages").resolve(stage.folder()), alone = folder.resolve("alone" + stage.number());
            if (stage instanceof Stage.Training training) {
                Recipe single = training.recipe().withModel(model.toString());
                TinyRun.trained(single, alone);
                for (String result : List.of("adapter", "model")) {
                    if (Files.isDirectory(alone.resolve(result))) {
                        assertThat(TinyRun.contents(mine.resolve(result))).as(stage.folder())
                                .containsAllEntriesOf(weights(alone.resolve(result)));
                    }
                }
                assertThat(Files.isDirectory(mine.resolve("adapter")) || Files.isDirectory(mine.resolve("model")))
                        .isTrue();
                model = mine.resolve("model");
            } else {
                Export made = Scope.value(() -> Weft.export(folder.resolve("alone2"), alone));
                assertThat(weights(mine)).isEqualTo(weights(made.folder())).isNotEmpty();
                model = mine;
            }
        }
    }

    private static Map<String, String> weights(Path folder) {
        Map<String, String> weights = new TreeMap<>(TinyRun.contents(folder));
        weights.keySet().removeIf(name -> !name.endsWith(".safetensors"));
        return weights;
    }

    @Test void theReportShowsEveryStageOnTheSameRows() throws IOException {
        Path out = folder.resolve("run");
        StageTable table = run(recipe(FIVE), out, StagedRun.Watch.NONE).table().orElseThrow();
        assertThat(table.rows()).isEqualTo(table.of()).isEqualTo(6);
        assertThat(table.scores()).extracting(StageScore::number).containsExactly(0, 1, 2, 3, 4, 5);
        String loss = Measure.LOSS.key();
        List<Double> losses = table.scores().stream().map(score -> score.scores().get(loss)).toList();
        assertThat(table.scores()).allSatisfy(score -> assertThat(score.scores().get(Measure.PERPLEXITY.key()))
                .isEqualTo(Math.exp(score.scores().get(loss))));
        // merging changes nothing but rounding, every training something
        assertThat(losses.get(3)).isCloseTo(losses.get(2), within(1e-5));
        assertThat(losses.subList(0, 3)).doesNotHaveDuplicates();
        assertThat(losses.get(4)).isNotEqualTo(losses.get(3));
        assertThat(losses.get(2)).isLessThan(losses.get(0));
        assertThat(table.scores().get(0).own()).isEmpty();
        assertThat(table.scores().get(3).own()).isEmpty();
        assertThat(table.scores().get(5).own().orElseThrow().objective()).isEqualTo("dpo");
        assertThat(table.scores().get(5).own().orElseThrow().metrics()).containsKey("rewards/margins");
        assertThat(StageTable.read(new RunFolder(out))).contains(table);
        JsonNode file = JSON.readTree(out.resolve("evaluation/stages.json").toFile());
        assertThat(file.at("/stages/5/scores/loss").asDouble()).isEqualTo(losses.get(5));
        assertThat(Files.readString(out.resolve("evaluation/stages.html"))).contains("4 all-weights")
                .contains("rewards/margins").contains(String.format("%.4f", losses.get(5)));
        // what is judged by the run's own door is the same number
        Comparison comparison = EvaluationRun.evaluate(out, EvaluationSettings.DEFAULTS.greedy()
                .withSampling(Sampling.DEFAULTS.withTemperature(0).withMaxNewTokens(4)), EvaluationRun.Listener.NONE);
        Comparison.Line line = comparison.line(Measure.LOSS).orElseThrow();
        assertThat(line.base()).isCloseTo(losses.get(0), within(1e-6));
        assertThat(line.tuned()).isCloseTo(losses.get(5), within(1e-6));
    }

    /** Ends the run at one moment as a kill would: nothing more is written. */
    private static final class Killing implements StagedRun.Watch {
        private final String moment;

        Killing(String moment) { this.moment = moment; }

        private void at(String now) {
            if (now.equals(moment)) {
                throw new Killed();
            }
        }

        @Override public void begins(Stage stage, int of) { at("begins " + stage.number()); }

        @Override public RunListener listener(Stage.Training stage, RunFolder run) {
            return event -> at((event instanceof StepDone ? "step " : event.getClass().getSimpleName() + " ")
                    + event.step() + " of " + stage.number());
        }

        @Override public void ready(Stage.Training stage, TrainingRun run) { at("ready " + stage.number()); }

        @Override public void trained(Stage.Training stage, TrainingRun run, RunEvent.Finished finished) {
            at("trained " + stage.number());
        }

        @Override public void merged(Export export) { at("merged " + export.folder().getFileName()); }

        @Override public void scored(StageScore score) { at("scored " + score.number()); }
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Test void aRunKilledAnywhereEndsAsOneThatWasNot() throws IOException {
        String stages = """
                  - {objective: pretrain, data: {train: TEXTS}}
                  - {tuning: lora}
                  - {objective: dpo, data: {train: PREFERENCES, prompt: plain}, train: {learningRate: 0.01}}
                  - merge
                """;
        Path out = folder.resolve("run"), whole = folder.resolve("whole");
        run(recipe(stages), out, StagedRun.Watch.NONE);
        Files.move(out, whole);      // so that both have the same paths within
        List<String> moments = List.of("scored 0", "ready 1", "step 3 of 1", "trained 1", "scored 1", "begins 2",
                "Saved 4 of 2", "Finished 6 of 2", "merged merged", "step 1 of 3", "scored 3", "merged 04-merge",
                "scored 4");
        assertThatThrownBy(() -> run(recipe(stages), out, new Killing(moments.get(0)))).isInstanceOf(Killed.class);
        for (String moment : moments.subList(1, moments.size())) {
            assertThatThrownBy(() -> Scope.run(() -> {
                try (StagedRun run = StagedRun.resume(out, new Killing(moment))) {
                    run.run();
                }
            })).as(moment).isInstanceOf(Killed.class);
        }
        // what a process leaves that was killed with -9 while it merged
        Path left = Files.createDirectories(out.resolve("stages/02-lora/.merged.tmp-" + java.util.UUID.randomUUID()));
        Files.writeString(left.resolve("model.safetensors"), "half");
        assertThat(resumed(out, Resumption.PLAIN).reason()).isEqualTo(Reason.DONE);
        assertThat(left).doesNotExist();
        Map<String, String> expected = results(whole);
        Map<String, String> others = new TreeMap<>(results(out));
        assertThat(others.keySet()).isEqualTo(expected.keySet());
        others.entrySet().removeAll(expected.entrySet());
        assertThat(others).isEmpty();
        assertThat(expected.keySet()).contains("stages.json", "recipe.yaml", "evaluation/stages.json",
                "evaluation/stages.html", "stages/01-pretrain/model/model.safetensors",
                "stages/02-lora/merged/model.safetensors", "stages/03-dpo/adapter/adapter_model.safetensors",
                "stages/04-merge/model.safetensors", "stages/03-dpo/checkpoints/step-00000006/optimizer.safetensors");
    }

    /** All but what holds the time that something took. */
    static Map<String, String> results(Path run) {
        Map<String, String> all = new TreeMap<>(TinyRun.contents(run));
        all.keySet().removeIf(name -> name.matches(".*(events\\.jsonl|state\\.json|machine\\.json|"
                + "checkpoints/.*/manifest\\.json|"
                + "\\.lock|data/report\\.html|data/manifest\\.json)"));
        return all;
    }

    @Test void aStageFromAnAdapterBeginsWithTheMergedModelAndSaysSo() {
        List<String> notes = new ArrayList<>();
        List<Export> merges = new ArrayList<>();
        Path out = folder.resolve("run");
        run(recipe("  - {tuning: lora}\n  - {tuning: lora, train: {learningRate: 0.01}}\n"), out,
                new StagedRun.Watch() {
            @Override public void note(String sentence) { notes.add(sentence); }

            @Override public void merged(Export export) { merges.add(export); }
        });
        assertThat(notes).anySatisfy(note -> assertThat(note).contains("02-lora").contains("01-lora"));
        assertThat(merges).hasSize(1);
        assertThat(Recipe.read(out.resolve("stages/02-lora/recipe.yaml")).model())
                .isEqualTo(out.resolve("stages/01-lora/merged").toAbsolutePath().toString());
    }

    @Test void aFinishedRunOpensAtEveryDoorAlsoWhereItWasMovedTo() throws IOException {
        Path out = folder.resolve("run"), moved = folder.resolve("moved");
        run(recipe("  - {tuning: full}\n  - {tuning: lora, train: {learningRate: 0.01}}\n"), out,
                StagedRun.Watch.NONE);
        String answer = Scope.value(() -> Weft.with(out, model ->
                model.answer(List.of(io.weft.data.Message.user("the teacher reads row 3 <b>")),
                Sampling.DEFAULTS.withTemperature(0).withMaxNewTokens(8))));
        Files.move(out, moved);
        Scope.run(() -> {
            assertThat(Weft.<String>with(moved, model -> {
                assertThat(model.name()).isEqualTo("moved");
                assertThat(model.adapter()).isPresent();
                return model.answer(List.of(io.weft.data.Message.user("the teacher reads row 3 <b>")),
                        Sampling.DEFAULTS.withTemperature(0).withMaxNewTokens(8));
            })).isEqualTo(answer);
            Export export = Weft.export(moved, folder.resolve("exported"));
            assertThat(export.adapterEffect()).isPresent();
        });
        assertThatThrownBy(() -> ModelSource.of(moved, Optional.of(base))).isInstanceOf(UserError.class)
                .hasMessageContaining("--base");
    }

    @Test void anUnfinishedRunSaysHowFarItIsAndGoesOnWhereItWasMovedTo() throws IOException {
        Path out = folder.resolve("run"), moved = folder.resolve("moved");
        StagedRecipe recipe = recipe("  - {tuning: full}\n  - {tuning: lora, train: {learningRate: 0.01}}\n");
        assertThatThrownBy(() -> run(recipe, out, new Killing("Saved 2 of 2"))).isInstanceOf(Killed.class);
        assertThatThrownBy(() -> ModelSource.of(out, Optional.empty())).isInstanceOf(UserError.class)
                .hasMessageContaining("1 of its 2 stages are done").hasMessageContaining("weft resume " + out);
        Files.move(out, moved);
        assertThat(resumed(moved, Resumption.PLAIN).reason()).isEqualTo(Reason.DONE);
        assertThat(ModelSource.of(moved, Optional.empty()).folder().path())
                .isEqualTo(moved.resolve("stages/01-full/model"));
    }

    @Test void anEditedRecipeIsRefusedByStageAndKeyAndCanBeWrittenAgain() throws IOException {
        Path out = folder.resolve("run");
        StagedRecipe recipe = recipe("  - {tuning: full}\n  - {tuning: lora, train: {learningRate: 0.01}}\n");
        assertThatThrownBy(() -> run(recipe, out, new Killing("begins 2"))).isInstanceOf(Killed.class);
        String written = Files.readString(out.resolve("recipe.yaml"));
        assertThat(StagedRecipe.parse(written)).isEqualTo(recipe.at(StagedRecipe.parse(written).common().data()
                .encoding().clock().orElseThrow()));
        StagedRecipe.parse(written).with("stages.2.train.learningRate=0.5", "data.maxLength=64")
                .write(out.resolve("recipe.yaml"));
        assertThatThrownBy(() -> resumed(out, Resumption.PLAIN)).isInstanceOf(UserError.class)
                .hasMessageContaining("data.maxLength: 96 -> 64")
                .hasMessageContaining("stages.2.train.learningRate: 0.01 -> 0.5")
                .hasMessageContaining("--restore-recipe");
        assertThatThrownBy(() -> resumed(out, Resumption.changing("train.steps=9"))).isInstanceOf(UserError.class)
                .hasMessageContaining("several stages");
        assertThat(resumed(out, new Resumption(List.of(), false, true)).reason()).isEqualTo(Reason.DONE);
        assertThat(Files.readString(out.resolve("recipe.yaml"))).isEqualTo(written);
    }

    @Test void aStageThatHasBegunCanBeChangedByItself() throws IOException {
        Path out = folder.resolve("run");
        StagedRecipe recipe = recipe("  - {tuning: lora}\n  - {tuning: full, train: {learningRate: 0.01}}\n");
        assertThatThrownBy(() -> run(recipe, out, new Killing("Saved 2 of 1"))).isInstanceOf(Killed.class);
        Path stage = out.resolve("stages/01-lora");
        assertThatThrownBy(() -> resumed(out, Resumption.changing("train.steps=4"))).isInstanceOf(UserError.class)
                .hasMessageContaining("weft resume " + stage + " --change train.steps=4");
        TinyRun.resumed(stage, Resumption.changing("train.steps=4"));
        assertThat(resumed(out, Resumption.PLAIN).reason()).isEqualTo(Reason.DONE);
        assertThat(Files.readString(stage.resolve("recipe.yaml"))).contains("steps: 4\n");
    }

    @Test void theRowsOfEveryStageAreCheckedBeforeTheFirstBegins() throws IOException {
        Path out = folder.resolve("run");
        StagedRecipe recipe = recipe("""
                  - {tuning: full}
                  - {objective: dpo}
                  - {tuning: full, data: {train: PREFERENCES}}
                """);
        assertThatThrownBy(() -> run(recipe, out, StagedRun.Watch.NONE)).isInstanceOf(UserError.class)
                .hasMessageContaining("02-dpo").hasMessageContaining("03-full").hasMessageContaining("dpo");
        assertThat(out).doesNotExist();
    }

    @Test void aStageThatMadeTheModelWorseEndsTheRun() {
        Path out = folder.resolve("run");
        StagedRun.Ended ended = run(recipe("  - {tuning: full, train: {learningRate: 10, weightDecay: 1, schedule: "
                + "constant, warmupSteps: 0, steps: 80, evalEvery: 100}}\n  - {tuning: lora}\n"), out,
                StagedRun.Watch.NONE);
        assertThat(ended.reason()).isEqualTo(Reason.DIVERGED);
        assertThat(ended.stage().number()).isEqualTo(1);
        assertThat(out.resolve("stages/02-lora/recipe.yaml")).doesNotExist();
        assertThatThrownBy(() -> resumed(out, Resumption.PLAIN)).isInstanceOf(UserError.class)
                .hasMessageContaining("01-full");
    }

    @Test void aStopIsObeyedInEveryStage() {
        Path out = folder.resolve("run");
        StagedRun[] current = new StagedRun[1];
        StagedRecipe recipe = recipe("  - {tuning: lora}\n  - merge\n");
        StagedRun.Ended ended = Scope.value(() -> {
            try (StagedRun run = StagedRun.start(recipe, out, new StagedRun.Watch() {
                @Override public RunListener listener(Stage.Training stage, RunFolder folder) {
                    return event -> {
                        if (event instanceof StepDone && event.step() == 3) {
                            current[0].requestStop();
                        }
                    };
                }
            })) {
                current[0] = run;
                return run.run();
            }
        });
        assertThat(ended.reason()).isEqualTo(Reason.STOPPED);
        assertThat(resumed(out, Resumption.PLAIN).reason()).isEqualTo(Reason.DONE);
    }
}
