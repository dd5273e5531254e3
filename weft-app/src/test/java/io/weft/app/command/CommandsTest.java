package io.weft.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.TinyRun;
import io.weft.app.Shell;
import io.weft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** One small run, and what every command makes of it. */
final class CommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir private static Path made;
    private static Path base, rows, run;
    private static Shell.Result trained;
    @TempDir private Path folder;

    @BeforeAll
    static void train() {
        base = TinyRun.base(made.resolve("base"), DType.F32);
        rows = TinyRun.rows(made.resolve("rows.jsonl"), 24);
        run = made.resolve("run");
        trained = Shell.weft("train", "--model", base, "--data", rows, "--out", run, "--json", "data.maxLength=96",
                "data.heldOut=0.25", "train.steps=6", "train.accumulate=1", "train.logEvery=2",
                "train.learningRate=0.02");
    }

    @Test
    void trainSaysWhatItDoesAndGivesItsResultToScripts() throws IOException {
        assertThat(trained.code()).isZero();
        assertThat(trained.err()).contains("24 rows read, 0 rejected; 18 to train on, 6 held out", "trainable params: ",
                "|| trainable%: ", "6 steps", "learning rate 0.02, linear", "warm-up shortened from 100 to 0 steps",
                "step 6  eval loss", "weft chat " + run);
        JsonNode result = JSON.readTree(trained.out());
        assertThat(result.get("reason").asText()).isEqualTo("done");
        assertThat(result.get("step").asInt()).isEqualTo(6);
        assertThat(result.get("bestLoss").asDouble()).isPositive()
                .isLessThan(result.get("untouchedLoss").asDouble());
        assertThat(Path.of(result.get("adapter").asText()).resolve("adapter_model.safetensors")).exists();
        assertThat(run.resolve("training_metrics.png")).exists();
    }

    @Test
    void aRunThatMadeTheModelWorseIsNotDoneAndTheShellIsTold() throws IOException {
        Path taught = TinyRun.taught(base, rows, folder.resolve("taught"));
        Shell.Result worse = Shell.weft("train", "--model", taught, "--data", rows, "--out", folder.resolve("worse"),
                "data.maxLength=96", "data.heldOut=0.25", "train.steps=6", "train.accumulate=1",
                "train.learningRate=10");
        assertThat(worse.code()).isEqualTo(2);
        assertThat(worse.out()).contains("finished, but the model is worse than before: step 6 of 6",
                "of the untouched model", "(no gain, see the warning above)", "Lower train.learningRate (it was 10.0)")
                .doesNotContain("done: ").doesNotContain("weft serve");

        byte[] weights = Files.readAllBytes(taught.resolve("model.safetensors"));
        weights[weights.length - 1] = 0x7f;   // the last element: sign 0, all bits of the exponent
        weights[weights.length - 2] = (byte) 0xc0;
        Files.write(taught.resolve("model.safetensors"), weights);
        Shell.Result broken = Shell.weft("train", "--model", taught, "--data", rows, "--out", folder.resolve("broken"),
                "data.maxLength=96", "data.heldOut=0.25", "train.steps=6");
        assertThat(broken.code()).isEqualTo(2);
        assertThat(broken.out()).contains("step 1  warning: the loss is not finite because the base is not",
                "model.safetensors holds numbers that are not finite", "Nothing was trained: the base itself is "
                + "damaged").doesNotContain("Lower train.learningRate");
    }

    @Test
    void aFinishedRunHasNothingLeftToResume() {
        Shell.Result again = Shell.weft("resume", run);
        assertThat(again.code()).isZero();
        assertThat(again.out()).contains("step 6 of 6");
    }

    @Test
    void theQuickstartGivesTheDoctorsVerdictsAndGoesTheWholeWay() {
        Shell.Result result = Shell.weft("quickstart", "--model", base, "--data", rows, "--out",
                folder.resolve("quick"), "data.maxLength=96", "data.heldOut=0.25", "train.steps=2",
                "train.learningRate=0.02");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).containsPattern("1\\. this machine\n ok   .*Java, engine, tokenizers")
                .contains("2. the data and the plan", "3. before", "4. tuning", "5. after", "weft chat ");
        assertThat(folder.resolve("quick/evaluation/report.html")).exists();
    }

    @Test
    void aRunIsNotTrainedOver() {
        Shell.Result again = Shell.weft("train", "--model", base, "--data", rows, "--out", run, "data.maxLength=96");
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("holds a run already; go on with it by weft resume");
    }

    @Test
    void showMarksWhatIsLearnedAndSaysWhatIsCut() throws IOException {
        Shell.Result shown = Shell.weft("show", rows, "--model", base, "--rows", "2", "data.maxLength=96");
        assertThat(shown.code()).isZero();
        assertThat(shown.out()).contains("rows.jsonl line 1",
                "the teacher reads row 0 <b>\n\n输出:⟦the cat reads the book.<|im_end|>⟧", "line 2")
                .doesNotContain("line 3", "cut from", "\u001b");
        assertThat(Shell.weft("show", rows, "--model", base, "--rows", "1", "data.maxLength=16").out())
                .containsPattern("16 tokens, \\d+ learned; cut from \\d+");
        JsonNode row = JSON.readTree(Shell.weft("show", rows, "--model", base, "--rows", "1", "--json",
                "data.maxLength=96").out()).at("/rows/0");
        assertThat(row.at("/parts/1/text").asText()).isEqualTo("the cat reads the book.<|im_end|>");
        assertThat(row.at("/parts/1/trained").asBoolean()).isTrue();
        assertThat(row.get("line").asInt()).isEqualTo(1);
    }

    @Test
    void generateKeepsTheOrderAndTheFieldsOfItsRows() throws IOException {
        Path questions = Files.writeString(folder.resolve("q.jsonl"), """
                {"prompt": "the teacher reads row 1 <b>", "id": 1}
                {"messages": [{"role": "user", "content": "the teacher reads row 2 <b>"}], "id": 2}
                {"instruction": "the teacher reads row 1 <b>", "input": "", "id": 3}
                """);
        Path answers = folder.resolve("a.jsonl");
        Shell.Result result = Shell.weft("generate", run, "--in", questions, "--out", answers, "--greedy",
                "--max-tokens", "5", "--batch", "2");
        assertThat(result.code()).isZero();
        List<JsonNode> lines = Files.readAllLines(answers).stream().map(CommandsTest::json).toList();
        assertThat(lines).extracting(line -> line.get("id").asInt()).containsExactly(1, 2, 3);
        assertThat(lines).allSatisfy(line -> assertThat(line.get("tokens_generated").asInt()).isBetween(1, 5));
        assertThat(lines.get(0).get("response")).as("an equal question in another form")
                .isEqualTo(lines.get(2).get("response"));
    }

    @Test
    void generateReadsARowAsTrainingReadsIt() throws IOException {
        String odd = "\u3000the teacher\u00a0reads row 1 <b>\u00a0\n\u001d";
        Path questions = Files.writeString(folder.resolve("q.jsonl"), """
                {"instruction": "the teacher\u00a0reads row 1 <b>", "id": "x\\ud83d", "big": 1e400}
                {"instruction": "%s", "input": null, "messages": null, "note": "a\\ud83d\\ude00b"}
                {"conversations": [{"from": "human", "value": "the teacher\u00a0reads row 1 <b>"}]}
                {"prompt": [{"role": "user", "content": "the teacher\u00a0reads row 1 <b>"}]}
                """.formatted(odd.replace("\n", "\\n").replace("\u001d", "\\u001d")));
        Path answers = folder.resolve("a.jsonl");
        Shell.Result result = Shell.weft("generate", run, "--in", questions, "--out", answers, "--greedy",
                "--max-tokens", "5");
        assertThat(result.code()).as(result.err()).isZero();
        List<JsonNode> lines = Files.readAllLines(answers).stream().map(CommandsTest::json).toList();
        assertThat(lines).extracting(line -> line.get("response").asText()).as("Python's white space at the ends")
                .containsOnly(lines.get(0).get("response").asText());
        assertThat(lines.get(0).get("id").asText()).as("a field that is not read is copied").isEqualTo("x\ud83d");
        assertThat(Files.readString(answers)).contains("\"x\\ud83d\"", "a😀b");
        assertThat(result.err()).contains("q.jsonl line 1: 'id' holds half of a character");
    }

    @Test
    void generateRefusesWhatTrainingRefusesWithItsLine() throws IOException {
        Path questions = Files.writeString(folder.resolve("q.jsonl"), """
                {"prompt": "fine"}
                {"instruction": "half \\ud83d here"}
                {"messages": [{"role": "user", "content": "\\udc00"}]}
                {"instruction": "lost", "system": "never read"}
                {"messages": [{"role": "robot", "content": "hi"}]}
                {"messages": []}
                {"prompt": " "}
                """);
        Shell.Result result = Shell.weft("generate", run, "--in", questions, "--out", folder.resolve("a.jsonl"));
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("has 6 problems", "line 2: 'instruction' holds half of a character",
                "line 3: 'messages.content' holds half of a character", "line 4: 'system': alpaca rows with a system",
                "line 5: messages[0].role is 'robot'", "line 6: 'messages' is empty", "line 7: 'prompt' is empty");
        assertThat(folder.resolve("a.jsonl")).doesNotExist();
    }

    @Test
    void chatAnswersAndObeysItsCommands() {
        Shell.Result talk = Shell.typing("老师写下数据\n/foo\n/clear\n\n/exit\nnever asked\n", "chat", run, "--greedy",
                "--max-tokens", "4");
        assertThat(talk.code()).isZero();
        assertThat(talk.out()).contains("prompts as tutorial, each question by itself", "/foo: no such command");
        assertThat(talk.out().split("> ", -1)).hasSize(6);
    }

    @Test
    void evaluateComparesBaseAndTuned() throws IOException {
        Shell.Result result = Shell.weft("evaluate", run, "--greedy", "--rows", "3", "--max-tokens", "4", "--json");
        assertThat(result.code()).isZero();
        assertThat(JSON.readTree(result.out()).at("/rows/evaluated").asInt()).isEqualTo(3);
        assertThat(result.err()).contains("report.html");
        assertThat(run.resolve("evaluation/report.html")).exists();
    }

    @Test
    void exportWritesAVerifiedModelFolderThatGeneratesAsTheRun() throws IOException {
        Path merged = folder.resolve("merged");
        Shell.Result result = Shell.weft("export", run, "--merged", merged, "--json");
        assertThat(result.code()).isZero();
        JsonNode told = JSON.readTree(result.out());
        assertThat(told.get("difference").asDouble()).isLessThanOrEqualTo(told.get("allowed").asDouble());
        assertThat(merged.resolve("model.safetensors")).exists();
    }

    @Test
    void initWritesARecipeThatTrainReads() throws IOException {
        Path recipe = folder.resolve("recipe.yaml");
        assertThat(Shell.weft("init", recipe, "--model", base, "--data", rows).code()).isZero();
        assertThat(folder.resolve("weft.schema.json")).exists();
        Shell.Result result = Shell.weft("train", recipe, "--out", folder.resolve("run"), "data.maxLength=96",
                "train.steps=1");
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
    }

    @Test
    void doctorGivesEachCheckAVerdict() throws IOException {
        Shell.Result result = Shell.weft("doctor", "--json", "--model", base);
        JsonNode checks = JSON.readTree(result.out()).get("checks");
        assertThat(checks).extracting(check -> check.get("name").asText())
                .containsExactly("machine", "java", "libtorch", "tokenizers", "environment", "speed", "gpu", "memory",
                "disk", "fonts", "model");
        assertThat(checks).allSatisfy(check -> assertThat(check.get("verdict").asText()).isIn("ok", "warn", "fail"))
                .allSatisfy(check -> assertThat(check.get("remedy").asText().isEmpty())
                .isEqualTo(check.get("verdict").asText().equals("ok")));
        assertThat(checks.get(2).get("verdict").asText()).isEqualTo("ok");
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
