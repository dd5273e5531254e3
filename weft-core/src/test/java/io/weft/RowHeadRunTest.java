package io.weft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.Message;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.LabelTable;
import io.weft.evaluate.Measure;
import io.weft.generate.RowReader;
import io.weft.generate.Verdict;
import io.weft.loaded.LoadedModel;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.Readout;
import io.weft.objective.Classify;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.resume.Resumption;
import io.weft.run.EventLog;
import io.weft.run.RunEvent.Evaluated;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.tune.Tuning;
import io.weft.tune.Tunings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Classifiers and reward models, from rows to verdicts. */
class RowHeadRunTest {
    private static final List<String> TEXTS = List.of("the cat reads row %d", "my friend writes %d letters",
            "小模型训练 %d 行"), LABELS = List.of("cat", "friend", "model");
    @TempDir Path folder;
    private Path base;

    @BeforeEach void makeModel() { base = TinyRun.base(folder.resolve("base"), DType.F32); }

    private Path labelled(String name, int count) throws IOException {
        return Files.writeString(folder.resolve(name), IntStream.range(0, count).mapToObj(i -> row(
                TEXTS.get(i % TEXTS.size()).formatted(i), LABELS.get(i % LABELS.size())))
                .collect(Collectors.joining()));
    }

    private static String row(String text, String label) {
        return "{\"text\": \"" + text + "\", \"label\": \"" + label + "\"}\n";
    }

    private Path preferences() throws IOException {
        return Files.writeString(folder.resolve("preferences.jsonl"), IntStream.range(0, 24).mapToObj(i ->
                "{\"prompt\": \"the teacher reads row " + i + "\", \"chosen\": \"my friend writes a letter? " + i
                + "\", \"rejected\": \"a small model trains on ten rows!\"}\n").collect(Collectors.joining()));
    }

    private Recipe recipe(Path rows, String objective, String... settings) {
        return TinyRun.recipe(base, rows, "train.objective=" + objective, "data.pack=false", "train.batch=4",
                "train.steps=16", "train.evalEvery=16", "train.learningRate=0.01").with(settings);
    }

    static Stream<Tuning> all() { return Tunings.all().stream(); }

    @ParameterizedTest @MethodSource("all")
    void everyWayOfTuningLearnsLabelsBeginningWithAHeadFromTheSeed(Tuning tuning) throws IOException {
        Path run = TinyRun.trained(recipe(labelled("rows.jsonl", 48), "classify",
                "tuning." + tuning.name() + "=true"), folder.resolve("run"));
        Evaluated last = last(run);
        assertThat(last.metrics().keySet()).containsExactly("accuracy", "macroF1");
        assertThat(last.metrics().get("accuracy")).as("a third of the rows has each label").isGreaterThan(0.5);
        assertThat(Recipe.read(run.resolve("recipe.yaml")).train().objective())
                .isEqualTo(new Classify(Optional.of(LABELS)));
        Comparison comparison = EvaluationRun.evaluate(run, EvaluationSettings.DEFAULTS, EvaluationRun.Listener.NONE);
        Comparison.Line accuracy = comparison.line(Measure.ACCURACY).orElseThrow(),
                loss = comparison.line(Measure.LOSS).orElseThrow();
        assertThat(accuracy.tuned()).isCloseTo(100 * last.metrics().get("accuracy"), within(1e-9));
        assertThat(comparison.line(Measure.MACRO_F1).orElseThrow().tuned())
                .isCloseTo(100 * last.metrics().get("macroF1"), within(1e-9));
        assertThat(loss.tuned()).isCloseTo(last.loss(), within(1e-5)).isLessThan(loss.base());
        assertThat(comparison.line(Measure.ROUGE_L)).isEmpty();
        assertThat(LabelTable.of(comparison).orElseThrow().notes()).anyMatch(note -> note.contains("always answering"));
    }

    @Test void anAdapterHasItsHeadAndItsLabelsBesideIt() throws IOException {
        Path run = TinyRun.trained(recipe(labelled("rows.jsonl", 24), "classify", "train.steps=4"),
                folder.resolve("run"));
        JsonNode adapter = json(run.resolve("adapter/adapter_config.json")),
                config = json(run.resolve("adapter/config.json"));
        assertThat(adapter.path("task_type").asText()).isEqualTo("SEQ_CLS");
        assertThat(adapter.path("modules_to_save").toString()).isEqualTo("[\"score\"]");
        assertThat(config.path("architectures").toString()).isEqualTo("[\"LlamaForSequenceClassification\"]");
        assertThat(config.path("id2label").toString()).isEqualTo("{\"0\":\"cat\",\"1\":\"friend\",\"2\":\"model\"}");
        assertThat(config.path("label2id").path("model").asInt()).isEqualTo(2);
        assertThat(config.path("pad_token_id").isInt()).as("transformers reads the last token that is not this one")
                .isTrue();
        Verdict ofRun = verdict(run, "the cat reads row 7"), ofAdapter = verdict(run.resolve("adapter"),
                "the cat reads row 7");
        assertThat(ofRun.labels()).isEqualTo(LABELS).isEqualTo(ofAdapter.labels());
        assertThat(ofAdapter.logits()).isEqualTo(ofRun.logits());
    }

    @Test void fullTuningLeavesAModelOfTransformersClassAndItsMergedCopySaysTheSame() throws IOException {
        Path run = TinyRun.trained(recipe(labelled("rows.jsonl", 24), "classify", "tuning.full=true", "train.steps=4",
                "train.learningRate=0.001"), folder.resolve("run"));
        ModelFolder model = ModelFolder.open(run.resolve("model"));
        assertThat(model.readout()).isEqualTo(Readout.CLASSES);
        assertThat(model.labels()).contains(LABELS);
        assertThat(json(run.resolve("model/config.json")).path("pad_token_id").isInt()).isTrue();
        float[] said = verdict(run, "my friend writes").logits();
        Scope.run(() -> {
            try (LoadedModel loaded = LoadedModel.open(run)) {
                loaded.exportMerged(folder.resolve("copy"), Optional.of(DType.F32));
            }
        });
        assertThat(verdict(folder.resolve("copy"), "my friend writes").logits()).isEqualTo(said);
    }

    @Test void anAdapterMergedIsAModelWithItsHead() throws IOException {
        Path run = TinyRun.trained(recipe(labelled("rows.jsonl", 24), "classify", "train.steps=4"),
                folder.resolve("run"));
        Scope.run(() -> {
            try (LoadedModel loaded = LoadedModel.open(run)) {
                loaded.exportMerged(folder.resolve("merged"), Optional.of(DType.F32));
            }
        });
        float[] merged = verdict(folder.resolve("merged"), "the cat").logits(), said = verdict(run, "the cat").logits();
        for (int i = 0; i < said.length; i++) {
            assertThat(merged[i]).isCloseTo(said[i], within(1e-4f));
        }
    }

    @Test void aRunThatIsStoppedGoesOnBitForBitWithItsHead() throws IOException {
        Recipe recipe = recipe(labelled("rows.jsonl", 24), "classify", "tuning.lora.dropout=0.1", "train.steps=8");
        Path whole = TinyRun.trained(recipe, folder.resolve("whole")),
                stopped = TinyRun.stopped(recipe, folder.resolve("stopped"), 5);
        TinyRun.resumed(stopped, Resumption.PLAIN);
        String adapter = "adapter/adapter_model.safetensors";
        assertThat(Files.mismatch(whole.resolve(adapter), stopped.resolve(adapter))).isEqualTo(-1);
    }

    @Test void aRewardModelScoresWhatWasChosenHigher() throws IOException {
        Path run = TinyRun.trained(recipe(preferences(), "reward", "data.prompt=plain"), folder.resolve("run"));
        Evaluated last = last(run);
        assertThat(last.metrics().keySet()).containsExactly("rewards/chosen", "rewards/rejected", "rewards/accuracies",
                "rewards/margins");
        assertThat(last.metrics().get("rewards/accuracies")).isEqualTo(1);
        Comparison comparison = EvaluationRun.evaluate(run, EvaluationSettings.DEFAULTS, EvaluationRun.Listener.NONE);
        assertThat(comparison.line(Measure.LOSS).orElseThrow().tuned()).isCloseTo(last.loss(), within(1e-5));
        Scope.run(() -> {
            try (LoadedModel loaded = LoadedModel.open(run)) {
                loaded.exportMerged(folder.resolve("merged"), Optional.of(DType.F32));
            }
        });
        assertThat(verdict(run, "the cat").isScore()).isTrue();
        assertThat(verdict(folder.resolve("merged"), "the cat").score())
                .isCloseTo(verdict(run, "the cat").score(), within(1e-4));
        assertThat(json(run.resolve("adapter/config.json")).path("id2label").toString())
                .isEqualTo("{\"0\":\"LABEL_0\"}");
    }

    @Test void labelsThatAreGivenHaveTheirOrderAndOthersAreRefusedByRow() throws IOException {
        Path rows = labelled("rows.jsonl", 24);
        Path run = TinyRun.trained(recipe(rows, "classify", "train.objective.classify.labels=[model,cat,friend]",
                "train.steps=2"), folder.resolve("run"));
        assertThat(verdict(run, "the cat").labels()).containsExactly("model", "cat", "friend");
        assertThatThrownBy(() -> TinyRun.trained(recipe(rows, "classify",
                "train.objective.classify.labels=[model,cat]"), folder.resolve("other")))
                .isInstanceOf(UserError.class).hasMessageContainingAll("rows.jsonl line 2", "\"friend\"", "model, cat");
        assertThat(folder.resolve("other")).doesNotExist();
        assertThatThrownBy(() -> TinyRun.trained(recipe(rows, "classify",
                "train.objective.classify.labels=[cat,cat,friend,model]"), folder.resolve("other")))
                .hasMessageContaining("name a label twice");
    }

    @Test void rowsWithNothingToTellApartAreRefused() throws IOException {
        Path one = Files.writeString(folder.resolve("one.jsonl"), row("a", "x").repeat(8));
        assertThatThrownBy(() -> TinyRun.trained(recipe(one, "classify"), folder.resolve("run")))
                .isInstanceOf(UserError.class).hasMessageContaining("the label x alone");
        assertThatThrownBy(() -> TinyRun.trained(recipe(TinyRun.rows(folder.resolve("alpaca.jsonl"), 8), "classify"),
                folder.resolve("run"))).isInstanceOf(UserError.class)
                .hasMessageContainingAll("conversations", "labelled texts", "labelled");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test void aHeadThatTellsOtherThingsApartIsRefused() throws IOException {
        Path model = TinyRun.trained(recipe(labelled("rows.jsonl", 24), "classify", "tuning.full=true",
                "train.steps=2"), folder.resolve("run")).resolve("model");
        Path two = Files.writeString(folder.resolve("two.jsonl"), row("a", "x").repeat(4) + row("b", "y").repeat(4));
        assertThatThrownBy(() -> TinyRun.trained(recipe(two, "classify").withModel(model.toString()),
                folder.resolve("next"))).isInstanceOf(UserError.class)
                .hasMessageContainingAll("3 labels (cat, friend, model)", "2 labels (x, y)");
        assertThatThrownBy(()
                -> TinyRun.trained(recipe(preferences(), "reward", "data.prompt=plain").withModel(model.toString()),
                folder.resolve("next"))).hasMessageContaining("3 labels (cat, friend, model)");
        assertThatThrownBy(() -> TinyRun.trained(TinyRun.recipe(model, TinyRun.rows(folder.resolve("alpaca.jsonl"), 8)),
                folder.resolve("next"))).isInstanceOf(UserError.class)
                .hasMessageContainingAll("tells 3 labels apart", "train.objective sft", "/predict");
        assertThat(folder.resolve("next")).doesNotExist();
    }

    private static Verdict verdict(Path source, String text) {
        return Scope.value(() -> {
            try (LoadedModel loaded = LoadedModel.open(source)) {
                int[] ids = loaded.wording().encoder().encodePrompt(List.of(Message.user(text)));
                return new RowReader(loaded.model(), loaded.folder().labels().orElseThrow(),
                        Adapters.DEFAULT).read(ids);
            }
        });
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(Files.readString(file));
    }

    private static Evaluated last(Path run) {
        return EventLog.events(run.resolve("events.jsonl")).stream().filter(Evaluated.class::isInstance)
                .map(Evaluated.class::cast).reduce((earlier, later) -> later).orElseThrow();
    }
}
