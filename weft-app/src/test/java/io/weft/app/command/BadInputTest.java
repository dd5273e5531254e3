package io.weft.app.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.TinyRun;
import io.weft.app.Shell;
import io.weft.tensor.DType;
import io.weft.tensor.Pickle;
import io.weft.tensor.TorchZip;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every mistake a user can make gets a message with its place, exit code 2 and no stack trace, and leaves nothing
 * behind.
 */
final class BadInputTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir private static Path made;
    private static Path base;
    @TempDir private Path folder;
    private Path out, rows;

    @BeforeAll
    static void makeModel() { base = TinyRun.base(made.resolve("base"), DType.F32); }

    @BeforeEach
    void makeRows() {
        out = folder.resolve("out");
        rows = TinyRun.rows(folder.resolve("rows.jsonl"), 8);
    }

    @Test
    void missingFieldsAreNamedWithTheirLines() throws IOException {
        refused(train(base, text("rows.json", "{\"instruction\": \"a\", \"outptu\": \"b\"}\n{\"instruction\": \"c\", "
                + "\"outptu\": \"d\"}\n")), "rows.json line 1: 'output' is missing (has instruction, outptu)",
                "rows.json line 2");
    }

    @Test
    void aWrongTypeIsNamed() throws IOException {
        refused(train(base, text("rows.json", "[{\"instruction\": {}, \"output\": [\"x\"]}]")), "rows.json row 1",
                "'instruction' is an object; expected text", "'output' is a list");
    }

    @Test
    void anEmptyFileHasNoRows() throws IOException {
        refused(train(base, text("rows.json", "")), "holds no rows");
        refused(train(base, text("rows.json", "[]")), "holds no rows");
    }

    @Test
    void aFileThatWasCutOffSaysWhere() throws IOException {
        refused(train(base, text("rows.json", "[{\"instruction\": \"a\", \"output\": \"b\"},\n {\"instruction\": "
                + "\"c\", \"outp")), "rows.json line 2", "ends too early");
    }

    @Test
    void otherEncodingsThanUtf8AreRefused() throws IOException {
        Path file = Files.write(folder.resolve("latin.jsonl"),
                new byte[] {'{', '"', 'a', '"', ':', '"', (byte) 0xe9, '"', '}'});
        refused(train(base, file), "latin.jsonl line 1 is not UTF-8", "byte 6 of the file is 0xe9");
    }

    @Test
    void allProblemsOfARecipeAreToldAtOnceAndTheModelsWithThem() throws IOException {
        Path recipe = text("bad.yaml", "model: " + base
                + "\ndata: {train: nowhere.json, maxlength: 64, maxLength: 4096}\ntuning:\n  lora: {rnak: 4, targets: "
                + "[q_projj]}\ntrain: {epochs: many}\n");
        refused(Shell.weft("train", recipe, "--out", out), "has 6 problems",
                "line 2  data.maxlength: no such setting; did you mean maxLength?",
                "line 2  data.train: nowhere.json: no such file",
                "line 2  data.maxLength: 4096 is longer than the model's context of 128 tokens",
                "line 4  tuning.lora.rnak: no such setting; did you mean rank?",
                "line 4  tuning.lora.targets: q_projj matches no linear of the model (it has down_proj",
                "line 5  train.epochs: expected a number");
    }

    @Test
    void aRecipeThatIsNoYamlSaysWhere() throws IOException {
        refused(Shell.weft("train", text("bad.yaml", "model: x\n data: [\n"), "--out", out), "bad.yaml",
                "line 2  not valid YAML");
    }

    @Test
    void aTargetThatMatchesNothingNamesWhatThereIs() {
        refused(train(base, rows, "tuning.lora.targets=q_projj,v_proj"), "q_projj matches no linear",
                "gate_proj, k_proj, o_proj, q_proj");
    }

    @Test
    void whatNoUpdateCanDoToAModelIsToldBySettingAllAtOnce() {
        refused(train(base, rows, "tuning.lora.rank=4096", "tuning.lora.layers=0,9", "tuning.lora.exclude=nothing",
                "tuning.lora.rankPattern=nowhere:2", "tuning.lora.modulesToSave=score", "tuning.lora.bias=all"),
                "has 6 problems", "tuning.lora.rank: 4096 is more than the width of",
                "tuning.lora.layers: 9: the model has blocks 0 to", "tuning.lora.exclude: nothing matches no linear",
                "tuning.lora.rankPattern: nowhere matches none of the targets",
                "tuning.lora.modulesToSave: score matches no module",
                "tuning.lora.bias: the model has no bias to train");
        refused(train(base, rows, "tuning.freeze.lastBlocks=99"), "tuning.freeze.lastBlocks: 99; the model has");
    }

    @Test
    void truncatedWeightsAreFound() throws IOException {
        Path model = copy("model");
        Path file = model.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        refused(train(model, rows), "model.safetensors", "is not a whole safetensors file",
                "the file has " + bytes.length / 2);
    }

    @Test
    void corruptWeightsAreFound() throws IOException {
        Path model = copy("model");
        Files.write(model.resolve("model.safetensors"), new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, '{', '}'});
        refused(train(model, rows), "model.safetensors", "is not a whole safetensors file");
    }

    @Test
    void missingAndUnreadWeightsAreNamedTogether() throws IOException {
        Path model = copy("model");
        Path file = model.resolve("model.safetensors");
        String text = new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
        Files.write(file, text.replace("model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.x_proj")
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        refused(train(model, rows), "2 problems", "model.layers.0.self_attn.q_proj.weight [32, 32] is missing",
                "model.layers.0.self_attn.x_proj.weight is in the file");
    }

    @Test
    void aFolderWithoutWeightsIsRefused() throws IOException {
        Path model = copy("model");
        Files.delete(model.resolve("model.safetensors"));
        refused(train(model, rows), "holds no weights");
    }

    @Test
    void codeWithoutWeightsIsNoModel() throws IOException {
        Path model = copy("model");
        Files.delete(model.resolve("model.safetensors"));
        Files.writeString(model.resolve("modeling_chatglm.py"), "import torch\n");
        refused(train(model, rows), "holds no weights", "pytorch_model.bin",
                "there is config.json, generation_config.json, modeling_chatglm.py");
        Files.delete(model.resolve("config.json"));
        refused(train(model, rows), "missing is config.json, the weights");
    }

    @Test
    void weightsThatWouldRunCodeAreRefusedByItsName() throws IOException {
        Path model = copy("model");
        Files.delete(model.resolve("model.safetensors"));
        byte[] pickle = new Pickle().op('}').text("w").global("os", "system").text("touch weft-was-here")
                .op(0x85, 'R', 's').done();
        Files.write(model.resolve("pytorch_model.bin"), TorchZip.of(pickle).bytes());
        refused(train(model, rows), "pytorch_model.bin asks for os.system of Python", "nothing of it was run");
        assertThat(Path.of("weft-was-here")).doesNotExist();
    }

    @Test
    void aModelThatLacksTheTokensOfItsTemplateIsRefused() throws IOException {
        Path other = copy("other");
        change(other, config -> config.put("vocab_size", 300));
        refused(Shell.weft("show", rows, "--model", other, "data.maxLength=96"),
                "token '<|im_end|>' has the id 399", "300 rows (ids up to 299)");
    }

    @Test
    void aContextLongerThanTheModelsIsRefused() {
        refused(train(base, rows, "data.maxLength=1024"),
                "data.maxLength: 1024 is longer than the model's context of 128 tokens", "set data.maxLength=128");
    }

    @Test
    void aDefaultNeverExceedsTheModelsContextAndSaysSo() throws IOException {
        Shell.Result trained = Shell.weft("train", "--model", base, "--data", rows, "--out", out, "train.steps=1",
                "data.pack=false");
        assertThat(trained.toString()).contains("data.maxLength: 128, the model's context");
        assertThat(Files.readString(out.resolve("recipe.yaml"))).contains("maxLength: 128");
        assertThat(Shell.weft("show", rows, "--model", base).toString()).contains("at most 128 tokens");
    }

    @Test
    void aRowThatIsTooLongIsNamedByTheUsersFile() throws IOException {
        Path file = text("long.json", "[{\"instruction\": \"a\", \"output\": \"b\"}, {\"instruction\": \"a\", "
                + "\"output\": "
                + "\"" + "c d ".repeat(200) + "\"}, {\"instruction\": \"e\", \"output\": \"f\"}]");
        refused(train(base, file, "data.overLength=refuse", "data.maxLength=96", "data.heldOut=0"),
                "long.json row 2: ", "data.maxLength is 96");
    }

    @Test
    void aFamilyThatIsNotKnownNamesThoseThatAre() throws IOException {
        Path model = copy("model");
        change(model, config -> config.put("model_type", "bloom"));
        refused(train(model, rows), "\"bloom\"", "it knows llama", "qwen3", "chatglm");
    }

    @Test
    void aFolderThatIsInUseIsLeftAlone() throws IOException {
        Path used = Files.createDirectory(folder.resolve("used"));
        Files.writeString(used.resolve("letter"), "dear");
        Shell.Result result = Shell.weft("train", "--model", base, "--data", rows, "--out", used, "data.maxLength=96");
        refused(result, "is not empty; choose another --out");
        assertThat(used.resolve("letter")).hasContent("dear");
        assertThat(used.toFile().list()).containsExactly("letter");
    }

    @Test
    void aFolderThatCannotBeMadeIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        refused(Shell.weft("train", "--model", base, "--data", rows, "--out", file.resolve("run"), "data.maxLength=96"),
                "cannot be made or written", "choose another --out");
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            refused(Shell.weft("serve", base, "--port", taken.getLocalPort()),
                    "cannot listen on 127.0.0.1 port " + taken.getLocalPort(), "--port");
        }
    }

    @Test
    void anOpenAddressNeedsAKey() { refused(Shell.weft("serve", base, "--host", "0.0.0.0"), "needs a key"); }

    @Test
    void questionsThatAskNothingAreNamedWithTheirLinesAndNothingIsWritten() throws IOException {
        Path answers = folder.resolve("answers.jsonl");
        Path questions = text("q.jsonl",
                "{\"prompt\": \"fine\"}\n{\"question\": \"what?\"}\n{\"messages\": [{\"role\": \"assistant\", "
                + "\"content\": \"hi\"}]}\n{\"prompt\": {}}\nnot json\n");
        refused(Shell.weft("generate", base, "--in", questions, "--out", answers), "has 4 problems",
                "line 2: the fields are [question]; expected prompt", "line 3: the last message is the assistant's",
                "line 4: 'prompt' is", "line 5");
        assertThat(answers).doesNotExist();
    }

    @Test
    void samplingOutOfItsBoundsIsToldAtOnce() {
        refused(Shell.weft("generate", base, "--in", rows, "--out", out, "--temperature", "9", "--top-p", "0"),
                "temperature is 9.0", "topP is 0.0");
    }

    @Test
    void whatIsNoRunIsRefusedByEveryCommandThatNeedsOne() {
        for (String command : List.of("resume", "evaluate")) {
            refused(Shell.weft(command, folder), "is no run: it has no recipe.yaml");
        }
        refused(Shell.weft("chat", folder.resolve("nowhere")), "no such model folder");
        refused(Shell.weft("export", folder.resolve("nowhere"), "--merged", out), "no such model folder");
    }

    @Test
    void aRecipeIsNeverOverwritten() throws IOException {
        Path recipe = text("recipe.yaml", "mine");
        refused(Shell.weft("init", recipe), "is there already");
        assertThat(recipe).hasContent("mine");
    }

    @Test
    void problemsAreToldInChinese() throws IOException {
        assertThat(Shell.weft("train", "--lang", "zh", "--model", base, "--data", text("rows.json", ""), "--out", out,
                "data.maxLength=96").err()).contains("没有数据行").doesNotContain("expected");
    }

    private Shell.Result train(Path model, Path data, String... settings) {
        List<Object> arguments = new ArrayList<>(List.of("train", "--model", model, "--data", data, "--out", out));
        arguments.addAll(List.of(settings));
        if (Stream.of(settings).noneMatch(setting -> setting.startsWith("data.maxLength"))) {
            arguments.add("data.maxLength=96");
        }
        return Shell.weft(arguments.toArray());
    }

    private void refused(Shell.Result result, String... told) {
        assertThat(result.err()).contains(told).startsWith("weft: ").doesNotContain("\tat io.weft");
        assertThat(result.code()).isEqualTo(2);
        assertThat(out).doesNotExist();
    }

    private Path text(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private Path copy(String name) throws IOException {
        Path target = Files.createDirectory(folder.resolve(name));
        try (Stream<Path> files = Files.list(base)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return target;
    }

    private static void change(Path model, java.util.function.Consumer<ObjectNode> edit) throws IOException {
        Path file = model.resolve("config.json");
        var config = (ObjectNode) JSON.readTree(file.toFile());
        edit.accept(config);
        JSON.writeValue(file.toFile(), config);
    }
}
