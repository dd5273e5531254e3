package io.weft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.export.Export;
import io.weft.export.Exporter;
import io.weft.generate.Sampling;
import io.weft.loaded.LoadedModel;
import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.tensor.DType;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MergedExportTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final Language before = Language.current();
    @TempDir Path folder;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @Test void aMergedRunSaysWhatBaseAndAdapterSay() throws IOException {
        Path run = TinyRun.trained(recipe(), folder.resolve("run"));
        Export stored = export(run, folder.resolve("deep/er/merged"), Optional.empty());
        assertThat(stored.type()).as("the base's").isEqualTo(DType.BF16);
        assertThat(stored.difference()).isLessThan(stored.allowed())
                .isLessThan(0.5 * stored.adapterEffect().orElseThrow());
        assertThat(SafeTensors.open(stored.folder().resolve("model.safetensors")).entry("model.embed_tokens.weight")
                .type()).isEqualTo(DType.BF16);
        assertThat(names(stored.folder())).containsExactly("config.json", "generation_config.json", "model.safetensors",
                "tokenizer.json", "tokenizer_config.json");
        assertThat(json(stored.folder().resolve("config.json")).path("torch_dtype").asText()).isEqualTo("bfloat16");
        assertThat(names(stored.folder().getParent())).containsExactly("merged");

        Export exact = export(run, Files.createDirectory(folder.resolve("empty")), Optional.of(DType.F32));
        assertThat(exact.difference()).isLessThan(1e-5);
        assertThat(json(exact.folder().resolve("config.json")).path("torch_dtype").asText()).isEqualTo("float32");
        assertThat(answer(exact.folder())).isEqualTo(answer(run)).isNotEqualTo(answer(folder.resolve("base")));
        assertThat(exact.toString()).contains("verified: its logits differ from the tuned model's by")
                .contains("the adapter moves them by");
    }

    @Test void afterFullTuningTheModelIsExportedInAnyType() {
        Path run = TinyRun.trained(recipe("train.learningRate=0.01", "train.steps=2").withTuning(new Full()),
                folder.resolve("run"));
        Export half = export(run, folder.resolve("half"), Optional.of(DType.F16));
        assertThat(half.adapterEffect()).isEmpty();
        assertThat(half.difference()).isLessThan(1e-3);
        assertThat(export(run, folder.resolve("stored"), Optional.empty()).difference())
                .as("it is stored in the base's type already").isZero();
    }

    @Test void anAdapterThatRoundingWouldLoseIsRefused() {
        Path run = TinyRun.trained(recipe("train.learningRate=5e-5", "train.warmupSteps=0", "train.steps=1"),
                folder.resolve("run"));
        assertThatThrownBy(() -> export(run, folder.resolve("merged"), Optional.empty())).isInstanceOf(UserError.class)
                .hasMessageContaining("lost in rounding to BF16").hasMessageContaining("fp32");
        assertThat(names(folder)).containsExactly("base", "rows.jsonl", "run");
        assertThat(export(run, folder.resolve("merged"), Optional.of(DType.F32)).folder()).isDirectory();
    }

    @Test void aModelThatIsNotTheTunedOneIsNeverLeftBehind() {
        Path base = TinyRun.base(folder.resolve("base"), DType.F32);
        withModel(base, loaded -> {
            loaded.model().linears().values().iterator().next().attach(new Linear.Delta() {
                @Override public Tensor output(Tensor x, Tensor y, Pass pass) { return y.mulInPlace(1.01); }

                @Override public Stream<Tensor> parameters() { return Stream.empty(); }
            });
            assertThatThrownBy(() -> loaded.exportMerged(folder.resolve("merged"), Optional.empty()))
                    .isInstanceOf(UserError.class).hasMessageContaining("not the tuned one");
        });
        withModel(base, loaded -> {
            loaded.model().weights().get("model.layers.1.mlp.up_proj.weight").stored().mulInPlace(1e8);
            assertThatThrownBy(() -> loaded.exportMerged(folder.resolve("merged"), Optional.of(DType.F16)))
                    .isInstanceOf(UserError.class)
                    .hasMessageContaining("model.layers.1.mlp.up_proj.weight could not be stored as F16");
        });
        assertThat(names(folder)).containsExactly("base");
    }

    @Test void aTargetThatHoldsSomethingIsRefused() throws IOException {
        Path base = TinyRun.base(folder.resolve("base"), DType.F32),
                full = Files.createDirectory(folder.resolve("full")),
                file = Files.writeString(full.resolve("mine.txt"), "mine");
        withModel(base, loaded -> {
            for (Path target : List.of(full, file)) {
                assertThatThrownBy(() -> loaded.exportMerged(target, Optional.empty())).isInstanceOf(UserError.class)
                        .hasMessageContaining("is not an empty folder");
            }
            assertThatThrownBy(() -> loaded.exportMerged(file.resolve("below/a/file"), Optional.empty()))
                    .isInstanceOf(UserError.class).hasMessageContaining("cannot be written");
        });
        assertThat(names(full)).containsExactly("mine.txt");
        assertThat(file).hasContent("mine");
        assertThatThrownBy(() -> Exporter.type("int8")).isInstanceOf(UserError.class)
                .hasMessageContaining("fp32, bf16 or fp16");
        assertThat(Exporter.type("bf16")).isEqualTo(DType.BF16);
    }

    private Recipe recipe(String... settings) {
        return TinyRun.recipe(TinyRun.base(folder.resolve("base"), DType.BF16),
                TinyRun.rows(folder.resolve("rows.jsonl"), 24), settings);
    }

    private static Export export(Path source, Path target, Optional<DType> type) {
        return Scope.value(() -> {
            try (LoadedModel loaded = LoadedModel.open(source)) {
                return loaded.exportMerged(target, type);
            }
        });
    }

    private static void withModel(Path source, Consumer<LoadedModel> body) {
        Scope.run(() -> {
            try (LoadedModel loaded = LoadedModel.open(source)) {
                body.accept(loaded);
            }
        });
    }

    private static List<Integer> answer(Path source) {
        return Scope.value(() -> {
            try (LoadedModel loaded = LoadedModel.open(source)) {
                CausalLm model = loaded.model();
                assertThat(model.vocabulary()).isEqualTo(400);
                int[] ids = loaded.generator().generate(new int[] {5, 17, 30}, Sampling.greedy(20)).ids();
                return java.util.Arrays.stream(ids).boxed().toList();
            }
        });
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
