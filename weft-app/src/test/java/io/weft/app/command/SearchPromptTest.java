package io.weft.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.TinyRun;
import io.weft.app.Shell;
import io.weft.app.quickstart.EmbeddedBase;
import io.weft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** A prompt is searched for, and stands before every request of the commands that take it. */
final class SearchPromptTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir private static Path made;
    private static Path base, rows, out;
    private static Shell.Result found;
    @TempDir private Path folder;

    @BeforeAll static void search() {
        base = TinyRun.base(made.resolve("base"), DType.F32);
        rows = TinyRun.rows(made.resolve("rows.jsonl"), 30);
        out = made.resolve("prompt");
        found = Shell.weft("prompt", "search", "--model", base, "--data", rows, "--out", out, "--method", "swap",
                "--budget", "700", "--length", "4", "--json");
    }

    @Test void theSearchTellsWhatItDoesAndGivesItsResultToScripts() throws IOException {
        assertThat(found.code()).as(found.err()).isZero();
        assertThat(found.err()).contains("27 training rows: 27 to judge prompts by", "3 held out; prompts as plain",
                "of 700 passes: loss", "with the prompt", "random text, mean of 3", "weft serve " + base + " --prompt");
        JsonNode result = JSON.readTree(found.out());
        assertThat(result.path("tokens").asInt()).isEqualTo(4);
        assertThat(result.path("passes").asInt()).isBetween(1, 700);
        assertThat(Files.readString(out.resolve("prompt.txt"))).isEqualTo(result.path("text").asText() + "\n");
    }

    @Test void theSameCommandHasNothingLeftToCompute() {
        Shell.Result again = Shell.weft("prompt", "search", "--model", base, "--data", rows, "--out", out, "--method",
                "swap", "--budget", "700", "--length", "4", "--json");
        assertThat(again.out()).isEqualTo(found.out());
    }

    @Test void generateAsksBehindIt() throws IOException {
        Path questions = Files.writeString(folder.resolve("q.jsonl"),
                "{\"prompt\": \"the teacher reads row 1 <b>\"}\n");
        Path whole = Files.writeString(folder.resolve("w.jsonl"), "{\"prompt\": " + JSON.writeValueAsString(
                Files.readString(out.resolve("prompt.txt")) + "\nthe teacher reads row 1 <b>") + "}\n");
        assertThat(Shell.weft("generate", base, "--in", questions, "--out", folder.resolve("a"), "--greedy",
                "--max-tokens", "8", "--prompt", out.resolve("prompt.txt")).code()).isZero();
        assertThat(Shell.weft("generate", base, "--in", whole, "--out", folder.resolve("b"), "--greedy",
                "--max-tokens", "8").code()).isZero();
        assertThat(response("a")).isEqualTo(response("b"));
    }

    private String response(String file) throws IOException {
        return JSON.readTree(Files.readString(folder.resolve(file))).path("response").asText();
    }

    @Test void evaluateComparesWithoutAndWith() throws IOException {
        Shell.Result judged = Shell.weft("evaluate", base, "--prompt", out.resolve("prompt.txt"), "--data", rows,
                "--greedy", "--max-tokens", "8", "--json");
        assertThat(judged.code()).as(judged.err()).isZero();
        assertThat(judged.err()).contains("held-out rows: 3", "without", "with the prompt");
        JsonNode table = JSON.readTree(judged.out()), searched = JSON.readTree(found.out()).path("heldOut");
        for (int column = 0; column < 2; column++) {
            assertThat(table.path("columns").path(column).path("values").path("loss").asDouble()).isEqualTo(
                    searched.path("columns").path(column).path("values").path("loss").asDouble(),
                    within(1e-5));
        }
    }

    @Test void whatCannotBeUsedIsRefusedByName() throws IOException {
        assertThat(Shell.weft("prompt", "find", "--model", base, "--data", rows, "--out", folder.resolve("o")).err())
                .contains("weft prompt find: no such command; there is weft prompt search");
        assertThat(Shell.weft("prompt", "search", "--model", base, "--data", rows, "--out", folder.resolve("o"),
                "--method", "guess").err()).contains("expected swap, instruction, demonstrations, all");
        assertThat(Shell.weft("prompt", "search", "--model", base, "--data", rows, "--out", folder.resolve("o"),
                "train.epochs=3").err()).contains("settings of the data alone");
        Path prompt = Files.writeString(folder.resolve("p.txt"), "the cat ".repeat(200));
        for (List<Object> command : List.of(List.<Object>of("chat", base),
                List.<Object>of("evaluate", base, "--data", rows))) {
            List<Object> words = new ArrayList<>(command);
            words.addAll(List.of("--prompt", prompt));
            Shell.Result refused = Shell.weft(words.toArray());
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.err()).contains("the model's context is 128");
        }
        assertThat(Shell.weft("evaluate", base, "--prompt", out.resolve("prompt.txt")).err())
                .contains("give a file with --data");
        assertThat(Shell.weft("chat", base, "--prompt", folder.resolve("none.txt")).err()).contains("no such file");
    }

    @Test void wordsAlongTheGradientSteerTheEmbeddedBaseMoreThanRandomOnesDo() throws IOException {
        Shell.Result taught = Shell.weft("prompt", "search", "--model", EmbeddedBase.model(), "--data",
                EmbeddedBase.rows(), "--out", folder.resolve("taught"), "--method", "swap", "--length", "8",
                "--budget", "1200", "--rows", "40", "--json", "data.rows=90", "data.heldOut=40",
                "data.prompt=tutorial");
        assertThat(taught.code()).as(taught.err()).isZero();
        JsonNode columns = JSON.readTree(taught.out()).path("heldOut").path("columns");
        double[] losses = {loss(columns, 0), loss(columns, 1), loss(columns, 2)};
        assertThat(losses[1]).as("with the prompt").isLessThan(losses[0]).isLessThan(losses[2]);
    }

    private static double loss(JsonNode columns, int column) {
        return columns.path(column).path("values").path("loss").asDouble();
    }
}
