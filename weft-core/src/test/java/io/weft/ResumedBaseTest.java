package io.weft;

import io.weft.file.Folders;
import io.weft.loaded.ModelSource;
import io.weft.model.folder.ModelFolder;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.resume.Resumption;
import io.weft.run.EventLog;
import io.weft.run.RunEvent.Changed;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A run goes on with the base that it was trained on, wherever that lies by now, and with no other. */
class ResumedBaseTest {
    private final Language language = Language.current();
    @TempDir Path folder;
    private Path base, run;

    @BeforeEach void stopHalfWay() {
        Language.use(Language.ENGLISH);
        base = TinyRun.base(folder.resolve("base"), DType.F32);
        run = TinyRun.stopped(recipe(base), folder.resolve("run"), 3);
    }

    @AfterEach void back() { Language.use(language); }

    private Recipe recipe(Path model) {
        Path rows = folder.resolve("rows.jsonl");
        return TinyRun.recipe(model, Files.exists(rows) ? rows : TinyRun.rows(rows, 24), "train.steps=6",
                "train.saveEvery=2", "train.batch=2");
    }

    @Test void otherWeightsOfTheSameShapesAreRefusedByTheirFile() {
        FileTime before = time();
        Scope.run(() -> {
            ModelFolder other = ModelFolder.open(base);
            other.write(other.initialise(2), base, DType.F32);
        });
        refused("model.safetensors has other contents");
        setTime(before);
        refused("model.safetensors has other contents");
    }

    @Test void aSingleWeightMakesAnotherBase() throws IOException {
        Path file = base.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 2] ^= 1;
        Files.write(file, bytes);
        refused("model.safetensors has other contents");
    }

    @Test void anotherConfigOrTokenizerIsRefusedWithEveryFile() throws IOException {
        Path config = base.resolve("config.json"), tokenizer = base.resolve("tokenizer.json");
        Files.writeString(config, Files.readString(config).replace("10000.0", "500000.0"));
        Files.writeString(tokenizer, Files.readString(tokenizer) + "\n");
        Files.writeString(base.resolve("chat_template.jinja"), "{{ messages[0].content }}");
        refused("config.json has other contents", "tokenizer.json has other contents", "chat_template.jinja is new");
        Files.delete(tokenizer);
        refused("tokenizer.json is gone");
    }

    @Test void theSameBaseWrittenAnewIsTheSame() throws IOException {
        Path config = base.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace(", ", ",\n  "));
        Files.write(base.resolve("model.safetensors"), Files.readAllBytes(base.resolve("model.safetensors")));
        resumedAsIfNothingHadBeen();
    }

    @Test void aBaseThatWasMovedIsNamedByAChangeAndRecorded() throws IOException {
        Path whole = TinyRun.trained(recipe(base), folder.resolve("whole")), moved = folder.resolve("moved");
        Files.move(base, moved);
        assertThatThrownBy(() -> TinyRun.resumed(run, Resumption.PLAIN)).isInstanceOf(UserError.class)
                .hasMessageContaining(base + ": no such model folder")
                .hasMessageContaining("weft resume " + run + " --change model=DIR");
        TinyRun.resumed(run, Resumption.changing("model=" + moved));
        assertThat(EventLog.events(run.resolve("events.jsonl"))).contains(new Changed(3, "model", base.toString(),
                moved.toString()));
        assertThat(Recipe.read(run.resolve("recipe.yaml")).model()).isEqualTo(moved.toString());
        String weights = "adapter/adapter_model.safetensors";
        assertThat(run.resolve(weights)).hasSameBinaryContentAs(whole.resolve(weights));
        assertThat(Files.readString(run.resolve("adapter/adapter_config.json"))).contains(moved.toString());
    }

    @Test void anotherBaseIsNoMovedOne() {
        Path other = TinyRun.copy(base, folder.resolve("other"));
        Scope.run(() -> {
            ModelFolder model = ModelFolder.open(other);
            model.write(model.initialise(2), other, DType.F32);
        });
        Map<String, String> before = TinyRun.contents(run);
        assertThatThrownBy(() -> TinyRun.resumed(run, Resumption.changing("model=" + other)))
                .isInstanceOf(UserError.class).hasMessageContaining(other + " is not the base that")
                .hasMessageContaining("model.safetensors has other contents");
        assertThat(TinyRun.contents(run)).isEqualTo(before);
    }

    @Test void aFinishedRunDoesNotAnswerOnOtherWeightsUnlessThatIsAskedFor() {
        TinyRun.resumed(run, Resumption.PLAIN);
        assertThat(ModelSource.of(run, Optional.empty()).notes()).isEmpty();
        Scope.run(() -> {
            ModelFolder other = ModelFolder.open(base);
            other.write(other.initialise(2), base, DType.F32);
        });
        String said = base + " does not hold the weights that " + run + " was trained on: model.safetensors has other "
                + "contents";
        assertThatThrownBy(() -> ModelSource.of(run, Optional.empty())).isInstanceOf(UserError.class)
                .hasMessageContaining(said).hasMessageContaining("--base DIR");
        assertThat(ModelSource.of(run, Optional.of(base)).notes()).anyMatch(note -> note.startsWith(said));
    }

    @Test void tokensThatAreLostAreMadeAgain() throws IOException {
        for (String name : List.of("train.jsonl.tokens", "heldout.jsonl.tokens.json")) {
            Files.delete(run.resolve("data").resolve(name));
        }
        resumedAsIfNothingHadBeen();
    }

    @Test void tokensThatAreDamagedAreMadeAgainAndNotTrainedOn() throws IOException {
        Path tokens = run.resolve("data/train.jsonl.tokens");
        byte[] bytes = Files.readAllBytes(tokens), damaged = bytes.clone();
        damaged[20] ^= 1;   // within the first document: the file is whole by its form
        Files.write(tokens, damaged);
        resumedAsIfNothingHadBeen();
        assertThat(tokens).hasBinaryContent(bytes);
    }

    @Test void rowsThatAreOthersOrLostAreRefusedAndTheRunStays() throws IOException {
        Path rows = run.resolve("data/train.jsonl");
        String before = Files.readString(rows);
        Files.writeString(rows, before.replaceFirst("teacher", "student"));
        Map<String, String> contents = TinyRun.contents(run);
        assertThatThrownBy(() -> TinyRun.resumed(run, Resumption.PLAIN)).isInstanceOf(UserError.class)
                .hasMessageContaining(rows + " is not the file that was prepared")
                .hasMessageContaining("put the run's data folder back as it was, or start a new run");
        assertThat(TinyRun.contents(run)).isEqualTo(contents);
        Folders.delete(run.resolve("data"));
        assertThatThrownBy(() -> TinyRun.resumed(run, Resumption.PLAIN)).isInstanceOf(UserError.class)
                .hasMessageContaining("put the run's data folder back");
    }

    private void resumedAsIfNothingHadBeen() throws IOException {
        Path whole = TinyRun.trained(recipe(base), folder.resolve("whole"));
        TinyRun.resumed(run, Resumption.PLAIN);
        String weights = "adapter/adapter_model.safetensors";
        assertThat(run.resolve(weights)).hasSameBinaryContentAs(whole.resolve(weights));
    }

    private void refused(String... files) {
        Map<String, String> before = TinyRun.contents(run);
        assertThatThrownBy(() -> TinyRun.resumed(run, Resumption.PLAIN)).isInstanceOf(UserError.class)
                .hasMessageContaining(base + " is not the base that").hasMessageContainingAll(files);
        assertThat(TinyRun.contents(run)).isEqualTo(before);
    }

    private FileTime time() {
        try {
            return Files.getLastModifiedTime(base.resolve("model.safetensors"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void setTime(FileTime time) {
        try {
            Files.setLastModifiedTime(base.resolve("model.safetensors"), time);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
