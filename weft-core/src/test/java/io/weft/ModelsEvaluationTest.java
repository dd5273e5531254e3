package io.weft;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.HeldOutRows;
import io.weft.evaluate.Measure;
import io.weft.evaluate.sample.SampleRows;
import io.weft.file.JsonFile;
import io.weft.generate.Sampling;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class ModelsEvaluationTest {
    private static final EvaluationSettings SHORT =
            EvaluationSettings.DEFAULTS.withSampling(Sampling.greedy(16));
    private final Language before = Language.current();
    @TempDir Path folder;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @Test void runsOfOneBaseAreJudgedBesideItWhichAnswersOnce() {
        Path one = trained("one", "train.steps=2"), two = trained("two", "train.steps=4");
        List<String> begun = new ArrayList<>();
        ModelsEvaluation.Result result = evaluate(List.of(one, two), Optional.empty(), new EvaluationRun.Listener() {
            @Override public void begins(String model, HeldOutRows rows) { begun.add(model + " " + rows.rows()); }
        });
        assertThat(begun).containsExactly("base 12", "one 12", "two 12");
        assertThat(result.folder()).isEqualTo(one.resolve("evaluation/one+two"));
        Comparison alone = EvaluationRun.evaluate(two, SHORT, EvaluationRun.Listener.NONE);
        assertThat(result.comparison().models().get(0).answers().texts()).isEqualTo(alone.base().texts());
        assertThat(result.comparison().models().get(2).answers().texts()).isEqualTo(alone.tuned().texts());
        assertThat(result.comparison().line(Measure.LOSS, 0, 2).orElseThrow().difference())
                .isCloseTo(alone.line(Measure.LOSS).orElseThrow().difference(), within(1e-6));
        assertThat(result.comparison().measures()).doesNotContain(Measure.BITS_PER_BYTE);
        SampleRows samples = SampleRows.read(result.folder());
        assertThat(samples.models()).containsExactly("base", "one", "two");
        assertThat(samples.rows()).hasSize(12);
        JsonNode scores = JsonFile.read(result.folder().resolve("scores.json"));
        assertThat(scores.path("version").asInt()).isEqualTo(2);
        assertThat(scores.at("/table/0/differences")).hasSize(3);
        assertThat(one.resolve("evaluation/scores.json")).doesNotExist();
    }

    @Test void aModelAlikeInNothingButTheRowsIsComparedByBitsPerByte() throws IOException {
        Path run = trained("run", "train.steps=1");
        Path other = TinyRun.base(folder.resolve("other"), DType.F32);
        Path file = folder.resolve("test.jsonl");
        Files.writeString(file, "{\"prompt\": \"the teacher reads row 1\", \"completion\": \"the cat reads.\"}\n"
                + "{\"prompt\": \"the cat\", \"completion\": \"this is another answer\"}\n");
        ModelsEvaluation.Result result = evaluate(List.of(other, run), Optional.of(file), EvaluationRun.Listener.NONE);
        Comparison comparison = result.comparison();
        assertThat(comparison.models()).extracting(model -> model.name()).first().isEqualTo("other");
        assertThat(comparison.rows().rows()).isEqualTo(2);
        assertThat(result.folder()).isEqualTo(run.resolve("evaluation/other+run@test"));
        double bits = comparison.models().get(0).scores().value(Measure.BITS_PER_BYTE).orElseThrow();
        int bytes = "the cat reads.this is another answer".length();
        assertThat(bits).isCloseTo(comparison.base().loss().total() / Math.log(2) / bytes, within(1e-9));
    }

    @Test void whatCannotBeComparedIsRefusedWithTheNextStep() {
        Path run = trained("run", "train.steps=1"), base = folder.resolve("base");
        refused(List.of(run, run), "is named twice");
        refused(List.of(run, run.resolve("../run")), "is named twice");
        refused(List.of(base), "give a file of rows with --data");
        refused(List.of(run, folder.resolve("nothing")), "nothing");
        assertThatThrownBy(() -> ModelsEvaluation.evaluate(List.of(run, base), Optional.of(base), Optional.empty(),
                Optional.empty(), SHORT, EvaluationRun.Listener.NONE)).isInstanceOf(UserError.class)
                .hasMessageContaining("--base goes with one run");
        assertThatThrownBy(() -> ModelsEvaluation.evaluate(List.of(run, base), Optional.empty(), Optional.empty(),
                Optional.of(base), SHORT, EvaluationRun.Listener.NONE)).isInstanceOf(UserError.class)
                .hasMessageContaining("is not empty and holds no evaluation");
    }

    private static void refused(List<Path> named, String message) {
        assertThatThrownBy(() -> evaluate(named, Optional.empty(), EvaluationRun.Listener.NONE))
                .isInstanceOf(UserError.class).hasMessageContaining(message);
    }

    private static ModelsEvaluation.Result evaluate(List<Path> named, Optional<Path> data,
            EvaluationRun.Listener listener) {
        return ModelsEvaluation.evaluate(named, Optional.empty(), data, Optional.empty(), SHORT, listener);
    }

    private Path trained(String name, String... settings) {
        Path base = Files.exists(folder.resolve("base")) ? folder.resolve("base")
                : TinyRun.base(folder.resolve("base"), DType.F32);
        return TinyRun.trained(TinyRun.recipe(base, TinyRun.rows(folder.resolve("rows.jsonl"), 48), settings),
                folder.resolve(name));
    }
}
