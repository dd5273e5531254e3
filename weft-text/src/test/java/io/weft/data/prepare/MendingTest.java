package io.weft.data.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.Conversation;
import io.weft.data.Labelled;
import io.weft.data.Sample;
import io.weft.data.Text;
import io.weft.data.mend.Balance;
import io.weft.data.mend.Clean;
import io.weft.data.mend.Dedupe;
import io.weft.data.mend.MendCounts;
import io.weft.data.mend.MendStep;
import io.weft.data.split.SplitSettings;
import io.weft.file.Folders;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MendingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir Path folder;

    @BeforeEach void english() { Language.use(Language.ENGLISH); }

    @Test void everyMendedRowStandsInTheLogAsItWasAndAsItIs() throws IOException {
        Path file = write("rows.jsonl", "{\"prompt\":\"a\\u0007\",\"completion\":\"1\"}",
                "{\"prompt\":\"b\",\"completion\":\"2\"}", "{\"prompt\":\"c\",\"completion\":\"\\u200b\"}",
                "{\"prompt\":\"d\",\"completion\":\"4\\u200b\"}");
        PreparedData data = prepare(file, "0", List.of(new Clean()));
        assertThat(answers(data.train())).containsExactly("1", "2", "4");
        assertThat(data.train().get(0).asked().get(0).content()).isEqualTo("a");
        List<JsonNode> log = log(data);
        assertThat(log).extracting(line -> line.get("line").asInt() + " " + line.get("change").asText() + " "
                + line.get("what")).containsExactly("1 changed [\"control\"]", "3 dropped [\"blank\"]",
                "4 changed [\"invisible\"]");
        assertThat(log.get(0).get("before").get("prompt").asText()).isEqualTo("a\u0007");
        assertThat(log.get(0).get("after").get("prompt").asText()).isEqualTo("a");
        assertThat(log.get(1).get("before").get("completion").asText()).isEqualTo("\u200b");
        assertThat(log.get(1).get("after").isNull()).isTrue();
        assertThat(log).allSatisfy(line -> {
            assertThat(line.get("formatVersion").asInt()).isEqualTo(1);
            assertThat(line.get("step").asText()).isEqualTo("clean");
            assertThat(line.get("file").asText()).isEqualTo(file.toString());
        });
        Manifest manifest = data.manifest();
        assertThat(manifest.mended()).isEqualTo(Map.of("clean", new MendCounts(2, 1, 0, 0,
                Map.of("control", 1, "invisible", 1, "blank", 1))));
        assertThat(manifest.flags()).isEmpty();
        assertThat(manifest.counts()).isEqualTo(new Manifest.Counts(4, 0, 3, 0, 0));
        assertThat(PreparedData.open(data.folder()).manifest()).isEqualTo(manifest);
        assertThat(manifest.settings().mend()).containsExactly(new Clean());
    }

    @Test void withNothingAskedNothingIsOtherwise() throws IOException {
        Path file = write("rows.jsonl", rows(20, i -> "{\"prompt\":\"p" + i + "\\u0007\",\"completion\":\"c\"}"));
        PreparedData data = prepare(file, "0.1", List.of());
        assertThat(data.folder().resolve("mended.jsonl")).doesNotExist();
        assertThat(Files.readString(data.folder().resolve("manifest.json"))).doesNotContain("\"mend")
                .contains("\"formatVersion\" : 1");
        assertThat(data.train().get(0).asked().get(0).content()).endsWith("\u0007");
    }

    @Test void whenStepsDropAllRowsTheyAreNamed() throws IOException {
        Path file = write("rows.jsonl", "{\"prompt\":\"a\",\"completion\":\"\\u200b\"}");
        assertThatThrownBy(() -> prepare(file, "0", List.of(new Clean()))).isInstanceOf(UserError.class)
                .hasMessageContaining("of 1 rows none is left; clean dropped them all");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test void theFirstOfEqualRowsStays() throws IOException {
        Path file = write("rows.jsonl", "{\"prompt\":\"a\",\"completion\":\"1\"}",
                "{\"prompt\":\"a\",\"completion\":\"2\"}", "{\"prompt\":\"a\\u0007\",\"completion\":\"1\"}",
                "{\"prompt\":\"a\",\"completion\":\"1\"}");
        PreparedData data = prepare(file, "0", List.of(new Dedupe()));
        assertThat(data.train()).extracting(row -> row.place().line()).containsExactly(1, 2, 3);
        assertThat(log(data)).singleElement().satisfies(line -> {
            assertThat(line.get("line").asInt()).isEqualTo(4);
            assertThat(line.get("other").get("line").asInt()).isEqualTo(1);
        });
        Folders.delete(folder.resolve("run"));
        data = prepare(file, "0", List.of(new Dedupe(), new Clean()));
        assertThat(data.train()).extracting(row -> row.place().line()).containsExactly(1, 2);
        assertThat(data.manifest().mended().keySet()).containsExactly("clean", "dedupe");
        assertThat(data.manifest().flags()).isEqualTo(Map.of("conflicting_completion", 2));
    }

    @Test void nearRowsAreDroppedAsSimilarAsAsked() throws IOException {
        String long1 = "The quick brown fox jumps over the lazy dog and then runs back into the dark green forest "
                + "again";
        Path file = write("rows.jsonl", "{\"prompt\":\"x\",\"completion\":\"" + long1 + "\"}",
                "{\"prompt\":\"x\",\"completion\":\"" + long1 + " today\"}",
                "{\"prompt\":\"x\",\"completion\":\"Something else entirely is said in this row of the file\"}");
        PreparedData data = prepare(file, "0", List.of(new Dedupe(Dedupe.How.NEAR, 0.8)));
        assertThat(data.train()).extracting(row -> row.place().line()).containsExactly(1, 3);
        assertThat(data.manifest().mended().get("dedupe").what()).isEqualTo(Map.of("nearDuplicate", 1));
        Folders.delete(folder.resolve("run"));
        assertThat(prepare(file, "0", List.of(new Dedupe(Dedupe.How.NEAR, 1))).train()).hasSize(3);
    }

    @Test void oversamplingRepeatsTrainingRowsAloneUpToTheCap() throws IOException {
        Path file = write("rows.jsonl", rows(60, i -> "{\"text\":\"t" + i + "\",\"label\":\"" + (i % 10 == 0 ? "rare"
                : "often") + "\"}"));
        PreparedData plain = prepare(file, "0.1", List.of());
        List<Sample> heldOut = List.copyOf(plain.heldOut());
        long rare = plain.train().stream().filter(row -> row.answers().contains("rare")).count();
        long often = plain.train().size() - rare;
        Folders.delete(folder.resolve("run"));
        PreparedData data = prepare(file, "0.1", List.of(new Balance()));
        assertThat(data.heldOut()).isEqualTo(heldOut);
        assertThat(data.train().stream().filter(row -> row.answers().contains("rare")).count())
                .isEqualTo(Math.min(often, 10 * rare));
        assertThat(data.train().stream().filter(row -> row.answers().contains("often")).count()).isEqualTo(often);
        assertThat(data.manifest().mended().get("balance").repeated()).isEqualTo(data.train().size() - rare - often);
        assertThat(data.manifest().flags()).isEmpty();
        byte[] bytes = Files.readAllBytes(data.folder().resolve("train.jsonl"));
        Folders.delete(folder.resolve("run"));
        assertThat(prepare(file, "0.1", List.of(new Balance())).folder().resolve("train.jsonl"))
                .hasBinaryContent(bytes);
        Folders.delete(folder.resolve("run"));
        data = prepare(file, "0.1", List.of(new Balance("label", Balance.How.OVERSAMPLE, OptionalInt.empty(), 2)));
        assertThat(data.train().stream().filter(row -> row.answers().contains("rare")).count()).isEqualTo(2 * rare);
    }

    @Test void undersamplingByAFieldDropsRowsOfLargeGroups() throws IOException {
        Path file = write("rows.jsonl", rows(40, i -> "{\"prompt\":\"p" + i + "\",\"completion\":\"c" + i
                + "\",\"source\":\"" + (i % 4 == 0 ? "book" : "web") + "\"}"));
        PreparedData data = prepare(file, "0", List.of(new Balance("source", Balance.How.UNDERSAMPLE,
                OptionalInt.empty(), 1)));
        assertThat(data.train()).hasSize(20).extracting(row -> row.place().line() % 4 == 1)
                .satisfies(book -> assertThat(book.stream().filter(each -> each).count()).isEqualTo(10));
        assertThat(data.train()).extracting(row -> row.place().line()).isSorted();
        assertThat(data.manifest().mended().get("balance")).isEqualTo(new MendCounts(0, 20, 0, 0,
                Map.of("undersample", 20)));
        assertThat(data.manifest().unusedFields()).isEmpty();
    }

    @Test void whatCannotBeBalancedIsRefusedByKey() throws IOException {
        Path file = write("rows.jsonl", rows(20, i -> "{\"prompt\":\"p" + i + "\",\"completion\":\"c" + i
                + "\",\"source\":\"web\"}"));
        assertThatThrownBy(() -> prepare(file, "0", List.of(new Balance()))).isInstanceOf(UserError.class)
                .hasMessageContaining("data.mend.balance.by: 'label' has 20 different values in 20 training rows");
        assertThatThrownBy(() -> prepare(file, "0", List.of(balance("source")))).isInstanceOf(UserError.class)
                .hasMessageContaining("data.mend.balance.by: 'source' has one value (web) in all of 20 training rows");
        assertThatThrownBy(() -> prepare(file, "0", List.of(balance("sorce")))).isInstanceOf(UserError.class)
                .hasMessageContaining("rows are to be grouped by 'sorce', and no row of " + file + " has such a field");
        Path texts = write("texts.jsonl", rows(20, i -> "{\"text\":\"p" + i + "\"}"));
        assertThatThrownBy(() -> prepare(texts, "0", List.of(new Balance()))).isInstanceOf(UserError.class)
                .hasMessageContaining("rows are to be grouped by label, and those of " + texts + " have none");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    private static Balance balance(String by) {
        return new Balance(by, Balance.How.OVERSAMPLE, OptionalInt.empty(), 10);
    }

    static String[] rows(int count, IntFunction<String> row) {
        return Stream.iterate(0, i -> i + 1).limit(count).map(row::apply).toArray(String[]::new);
    }

    private PreparedData prepare(Path file, String heldOut, List<MendStep> steps) {
        return Preparation.prepare(settings(file, heldOut).withMend(steps), 42, folder.resolve("run"),
                Set.of(Conversation.class, Labelled.class, Text.class)::contains);
    }

    static DataSettings settings(Path file, String heldOut) {
        return DataSettings.DEFAULTS.withTrain(file.toString()).withSplit(SplitSettings.DEFAULTS.withHeldOut(heldOut));
    }

    private static List<String> answers(List<Sample> rows) {
        return rows.stream().map(row -> row.answers().get(0)).toList();
    }

    private static List<JsonNode> log(PreparedData data) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(data.folder().resolve("mended.jsonl"))) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private Path write(String name, String... lines) throws IOException {
        return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
    }
}
