package io.weft.data.prepare;

import io.weft.data.Conversation;
import io.weft.data.Labelled;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.Text;
import io.weft.data.mend.Dedupe;
import io.weft.data.split.SplitSettings;
import io.weft.file.Folders;
import io.weft.problem.Language;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.settings.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SeveralFilesTest {
    @TempDir Path folder;

    @BeforeEach void english() { Language.use(Language.ENGLISH); }

    @Test void rowsOfSeveralFilesAreOneAndEachKnowsItsPlace() throws IOException {
        Path one = write("one.jsonl", "{\"prompt\":\"a\",\"completion\":\"1\"}\n"
                + "{\"prompt\":\"b\",\"completion\":\"2\"}\n"),
                two = write("two.json", "[{\"prompt\":\"c\",\"completion\":\"3\"},\n{\"prompt\":\"a\","
                + "\"completion\":\"1\"}]"),
                three = write("three.csv", "prompt,completion\nd,4\n,5\n");
        PreparedData data = prepare(settings("0", one, two, three));
        assertThat(data.train()).extracting(row -> row.place().toString()).containsExactly(one + " line 1",
                one + " line 2", two + " row 1", two + " line 2, row 2", three + " line 2");
        Manifest manifest = data.manifest();
        assertThat(manifest.sources()).extracting(Manifest.Source::file).containsExactly(one.toString(),
                two.toString(), three.toString());
        assertThat(manifest.sources()).extracting(Manifest.Source::rows).containsExactly(2, 2, 2);
        assertThat(manifest.counts()).isEqualTo(new Manifest.Counts(6, 1, 5, 0, 0));
        assertThat(manifest.flags()).isEqualTo(Map.of("duplicate", 1));
        assertThat(manifest.settings().format()).isEqualTo("prompt");
        assertThat(PreparedData.open(data.folder()).manifest()).isEqualTo(manifest);
        assertThat(Files.readString(data.folder().resolve("rejected.jsonl"))).contains(three.toString());
        Folders.delete(folder.resolve("run"));
        data = prepare(settings("0", one, two, three).withMend(List.of(new Dedupe())));
        assertThat(data.train()).extracting(row -> row.answers().get(0)).containsExactly("1", "2", "3", "4");
        assertThat(Files.readString(data.folder().resolve("mended.jsonl"))).contains(
                "\"file\":\"" + two + "\"", "\"other\":{\"file\":\"" + one + "\",\"line\":1}");
    }

    @Test void filesMayHaveTheirOwnFormatAsLongAsTheyAreOfOneKind() throws IOException {
        Path one = write("one.jsonl", "{\"prompt\":\"a\",\"completion\":\"1\"}\n"),
                two = write("two.jsonl", "{\"instruction\":\"b\",\"output\":\"2\"}\n"),
                texts = write("three.jsonl", "{\"text\":\"b\"}\n");
        assertThatThrownBy(() -> prepare(settings("0", one, two))).isInstanceOf(UserError.class)
                .hasMessageContaining("data.prompt: the prompts of " + two + " (format alpaca) would be built as "
                + "tutorial, those before it as plain; say which for all: data.prompt=plain");
        PreparedData data = prepare(settings("0", one, two).withPrompt(PromptStyle.PLAIN));
        assertThat(data.train()).extracting(row -> row.asked().get(0).content()).containsExactly("a", "b");
        assertThat(data.manifest().settings().format()).isEqualTo("auto");
        Folders.delete(folder.resolve("run"));
        assertThatThrownBy(() -> prepare(settings("0", one, texts).withPrompt(PromptStyle.PLAIN)))
                .isInstanceOf(UserError.class).hasMessageContainingAll("data.train: " + one + " line 1 is one of the "
                + "conversations", texts + " line 1", "one kind of rows");
        Path broken = write("broken.jsonl", "{\"x\":1}\n");
        assertThatThrownBy(() -> prepare(settings("0", one, broken))).isInstanceOf(UserError.class)
                .hasMessageContaining("broken.jsonl");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test void aPlaceOutlivesTheSplitAndAFileOfHeldOutRowsHasItsOwn() throws IOException {
        Path one = write("one.jsonl", rows("x")), two = write("two.jsonl", rows("y")), held = write("held.jsonl",
                rows("z"));
        PreparedData data = prepare(settings("0.25", one, two));
        for (Sample row : data.train()) {
            assertThat(row.place().file()).isEqualTo((row.answers().get(0).startsWith("x") ? one : two).toString());
            assertThat(row.answers().get(0)).endsWith(String.valueOf(row.place().line()));
        }
        assertThat(data.heldOut()).hasSize(5);
        Folders.delete(folder.resolve("run"));
        data = prepare(settings(held.toString(), one, two));
        assertThat(data.heldOut()).hasSize(10).allSatisfy(row -> assertThat(row.place().file()).isEqualTo(
                held.toString()));
        assertThat(data.train().get(19).place().file()).isEqualTo(two.toString());
    }

    @Test void namesAreWrittenAndReadBackAndARepeatedOneIsRefused() {
        var values = new TrainFiles.OneOrMore();
        for (List<String> names : List.of(List.of("a"), List.of("a, b.json"), List.of("a", "b c"), List.of("[a]"))) {
            TrainFiles files = new TrainFiles(names);
            assertThat(values.read(Node.of(values.written(files)))).contains(files);
        }
        assertThat(values.parse("[a,b]")).contains(TrainFiles.of("a", "b"));
        assertThat(values.parse("a\nb, c")).contains(TrainFiles.of("a", "b, c"));
        assertThat(values.parse("a,b")).contains(TrainFiles.of("a,b"));
        assertThat(values.parse("[a,]")).isEmpty();
        Problems problems = new Problems("data");
        TrainFiles.of("a", "x/../a").check(problems);
        assertThat(problems.all()).singleElement().asString().contains("named twice in a, x/../a");
    }

    private static String rows(String word) {
        return String.join("\n", MendingTest.rows(10, i -> "{\"prompt\":\"p" + word + i + "\",\"completion\":\"" + word
                + (i + 1) + "\"}"));
    }

    private PreparedData prepare(DataSettings settings) {
        return Preparation.prepare(settings, 42, folder.resolve("run"),
                Set.of(Conversation.class, Labelled.class, Text.class)::contains);
    }

    private static DataSettings settings(String heldOut, Path... files) {
        return DataSettings.DEFAULTS.withTrain(Arrays.stream(files).map(Path::toString)
                .toArray(String[]::new)).withSplit(SplitSettings.DEFAULTS.withHeldOut(heldOut));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
