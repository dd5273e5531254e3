package io.weft;

import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationSettings;
import io.weft.export.Export;
import io.weft.loaded.LoadedModel;
import io.weft.model.TinyModels;
import io.weft.model.folder.ModelFolder;
import io.weft.model.folder.Quantise;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.nn.quant.Nf4Weight;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.resume.Resumption;
import io.weft.run.RunEvent;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Runs of {@code model.quantise: nf4}: the same quantised base in training, resume, evaluation and answers. */
class QuantisedRunTest {
    private static final int[] IDS = {5, 17, 30, 8, 200, 31};
    private final Language before = Language.current();
    @TempDir Path folder;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @Test void aRunLearnsOnTheQuantisedBaseAndItsResultAnswersOnIt() throws IOException {
        List<RunEvent> told = new ArrayList<>();
        Path run = folder.resolve("run");
        float[] tuned = Scope.value(() -> {
            try (TrainingRun training = TrainingRun.start(recipe(), run, told::add)) {
                assertThat(training.model().linears().values()).extracting(Linear::weight)
                        .hasOnlyElementsOfType(Nf4Weight.class);
                assertThat(training.trainable().all()).isEqualTo(training.trainable().trained()
                        + Scope.<Long>value(() -> training.base().outline().weightCount()));
                training.train();
                return logits(training.model(), Adapters.DEFAULT);
            }
        });
        assertThat(told.toString()).contains("weights.nf4").doesNotContain("weights.mapped");
        assertThat(Files.readString(run.resolve("recipe.yaml"))).contains("model:\n  folder: ")
                .contains("  quantise: nf4\n");
        float[] quantised = Scope.value(() -> logits(ModelFolder.open(folder.resolve("base"))
                .quantised(Optional.of(Quantise.NF4)).load(), Adapters.NONE));
        Scope.run(() -> {
            try (LoadedModel loaded = LoadedModel.open(run)) {
                assertThat(logits(loaded.model(), Adapters.DEFAULT)).isEqualTo(tuned);
                assertThat(logits(loaded.model(), Adapters.NONE)).isEqualTo(quantised).isNotEqualTo(tuned);
            }
        });
        Comparison comparison = EvaluationRun.evaluate(run, EvaluationSettings.DEFAULTS, EvaluationRun.Listener.NONE);
        assertThat(comparison.toString()).isNotEmpty();
        List<RunEvent.Evaluated> evaluations = told.stream().filter(RunEvent.Evaluated.class::isInstance)
                .map(RunEvent.Evaluated.class::cast).toList();
        assertThat(evaluations.get(evaluations.size() - 1).loss()).isLessThan(evaluations.get(0).loss());
    }

    @Test void aStoppedRunGoesOnBitForBit() throws IOException {
        Path whole = TinyRun.trained(recipe("train.saveEvery=2"), folder.resolve("whole")),
                run = TinyRun.stopped(recipe("train.saveEvery=2"), folder.resolve("run"), 5);
        TinyRun.resumed(run, Resumption.PLAIN);
        KilledRunTest.same(whole, run);
    }

    @Test void theBitsDoNotChangeFromReadingToReading() {
        ModelFolder base = ModelFolder.open(base()).quantised(Optional.of(Quantise.NF4));
        assertThat(Scope.value(() -> logits(base.load(), Adapters.NONE)))
                .isEqualTo(Scope.value(() -> logits(base.load(), Adapters.NONE)));
    }

    @Test void quantisingIsNoChangeWithinARun() {
        Path run = TinyRun.stopped(recipe(), folder.resolve("run"), 3);
        assertThatThrownBy(() -> TinyRun.resumed(run, Resumption.changing("model.quantise=null")))
                .isInstanceOf(UserError.class).hasMessageContaining("model.quantise: nf4 -> null")
                .hasMessageContaining("cannot change in a run");
    }

    @Test void waysThatTrainTheWeightsThemselvesAreRefusedBeforeWeightsAreRead() {
        assertThatThrownBy(() -> recipe("tuning.full=true")).isInstanceOf(UserError.class)
                .hasMessageContaining("model.quantise: tuning.full trains the weights themselves");
        assertThatThrownBy(() -> recipe("model.quantise=nf5")).isInstanceOf(UserError.class)
                .hasMessageContaining("model.quantise").hasMessageContaining("expected one of nf4, found nf5")
                .hasMessageContaining("did you mean nf4?");
    }

    @Test void rowsThatAreNoMultipleOfABlockStayAsTheyAre() {
        Path narrow = TinyRun.base(folder.resolve("narrow"), DType.F32, 32);
        ModelFolder partly = ModelFolder.open(narrow).quantised(Optional.of(Quantise.NF4));
        Scope.run(() -> partly.load().linears().forEach((name, linear) -> assertThat(linear.weight()
                instanceof Nf4Weight).as(name).isEqualTo(name.endsWith("down_proj"))));
    }

    @Test void anExportedNf4FolderIsTheBaseAsItIsQuantisedWhileItIsRead() throws IOException {
        Path written = folder.resolve("nf4");
        Export export = with(base(), loaded -> loaded.exportQuantised(written, Optional.empty()));
        assertThat(export.difference()).isPositive();
        assertThat(export.toString()).contains("NF4 and BF16");
        ModelFolder exported = ModelFolder.open(written);
        assertThat(exported.isQuantised()).isTrue();
        assertThat(exported.storedType()).isEqualTo(DType.BF16);
        float[] quantised = Scope.value(() -> logits(ModelFolder.open(base()).quantised(Optional.of(Quantise.NF4))
                .load(), Adapters.NONE));
        assertThat(Scope.value(() -> logits(exported.load(), Adapters.NONE))).isEqualTo(quantised);
        assertThat(Files.readString(written.resolve("config.json"))).contains("\"llm_int8_skip_modules\" : null");

        Path narrow = TinyRun.base(folder.resolve("narrow"), DType.F32, 32);
        with(narrow, loaded -> loaded.exportQuantised(folder.resolve("narrow-nf4"), Optional.empty()));
        assertThat(Files.readString(folder.resolve("narrow-nf4/config.json")))
                .contains("\"lm_head\"").contains("\"model.layers.0.self_attn.q_proj\"").doesNotContain("down_proj");

        assertThatThrownBy(() -> exported.quantised(Optional.of(Quantise.NF4))).isInstanceOf(UserError.class)
                .hasMessageContaining("quantised already").hasMessageContaining("leave model.quantise out");
        Recipe full = TinyRun.recipe(written, TinyRun.rows(folder.resolve("rows.jsonl"), 24), "tuning.full=true");
        assertThatThrownBy(() -> TinyRun.trained(full, folder.resolve("full"))).isInstanceOf(UserError.class)
                .hasMessageContaining("its weights are quantised, and tuning.full trains the weights themselves");
        assertThat(folder.resolve("full")).doesNotExist();
    }

    @Test void mergedIntoAQuantisedBaseItIsAPlainModelThatSaysTheSame() throws IOException {
        Path nf4 = folder.resolve("nf4"), merged = folder.resolve("merged");
        with(base(), loaded -> loaded.exportQuantised(nf4, Optional.empty()));
        Path run = TinyRun.trained(TinyRun.recipe(nf4, TinyRun.rows(folder.resolve("rows.jsonl"), 24)),
                folder.resolve("run"));
        float[] tuned = with(run, loaded -> logits(loaded.model(), Adapters.DEFAULT));
        assertThat(with(run, loaded -> loaded.exportMerged(merged, Optional.of(DType.F32))).difference())
                .isLessThan(1e-5);
        assertThat(Files.readString(merged.resolve("config.json"))).doesNotContain("quantization_config");
        assertThat(Scope.value(() -> logits(ModelFolder.open(merged).load(), Adapters.NONE)))
                .containsExactly(tuned, within(1e-3f));
    }

    @Test void expertsAreNotWrittenInNf4() {
        Scope.run(() -> {
            ModelFolder described = TinyModels.folder("mixtral", folder.resolve("mixtral"));
            CausalLm model = TinyModels.of("mixtral");
            assertThatThrownBy(() -> described.writeQuantised(model, folder.resolve("out"), DType.F32))
                    .isInstanceOf(UserError.class).hasMessageContaining("is an expert's");
        });
    }

    private static <T> T with(Path source, Function<LoadedModel, T> body) {
        return Scope.value(() -> {
            try (LoadedModel loaded = LoadedModel.open(source)) {
                return body.apply(loaded);
            }
        });
    }

    private Path base() {
        Path base = folder.resolve("base");
        return Files.isDirectory(base) ? base : TinyRun.base(base, DType.BF16, 64);
    }

    private Recipe recipe(String... settings) {
        Path rows = folder.resolve("rows.jsonl");
        return TinyRun.recipe(base(), Files.exists(rows) ? rows : TinyRun.rows(rows, 24), "model.quantise=nf4",
                "tuning.lora.dropout=0.1").with(settings);
    }

    private static float[] logits(CausalLm model, Adapters adapters) {
        Pass pass = Pass.single(IDS.length).with(adapters);
        return model.logits(model.hidden(IDS, pass), pass).toFloats();
    }
}
