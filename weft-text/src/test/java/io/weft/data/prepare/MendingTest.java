package io.weft.data.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.Sample;
import io.weft.data.mend.Clean;
import io.weft.data.mend.MendCounts;
import io.weft.data.mend.MendStep;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    static String[] rows(int count, IntFunction<String> row) {
        return Stream.iterate(0, i -> i + 1).limit(count).map(row::apply).toArray(String[]::new);
    }

    private PreparedData prepare(Path file, String heldOut, List<MendStep> steps) {
        return Preparation.prepare(settings(file, heldOut).withMend(steps), 42, folder.resolve("run"), kind -> true);
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
