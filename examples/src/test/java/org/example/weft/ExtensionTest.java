package org.example.weft;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Pass;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.token.TinyTokenizers;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * These four classes as a jar of their own, which the installed command knows nothing of until {@code WEFT_EXTENSIONS}
 * names its folder: a family, a row format, an objective and a method in one run, trained, loaded back and judged.
 */
@EnabledOnOs(OS.LINUX)
class ExtensionTest {
    private static final Path CLASSES = Path.of("target/classes").toAbsolutePath();
    @TempDir static Path shared;
    private static Path launcher, extensions, model;
    @TempDir Path folder;

    private record Ended(int code, String out) {}

    @BeforeAll static void install() throws IOException {
        Path lib = Files.createDirectories(shared.resolve("weft/lib"));
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH,
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of)
                .filter(entry -> !entry.toAbsolutePath().equals(CLASSES))
                .map(entry -> entry.toUri().toString()).collect(Collectors.joining(" ")));
        new JarOutputStream(Files.newOutputStream(lib.resolve("all.jar")), manifest).close();
        launcher = Files.copy(Path.of("..", "weft").toRealPath(),
                Files.createDirectories(shared.resolve("weft/bin")).resolve("weft"));
        launcher.toFile().setExecutable(true);
        extensions = jar(Files.createDirectories(shared.resolve("my extensions")), "examples.jar", Map.of());
        model = model(shared.resolve("model"));
    }

    /** The classes and resources of this module in a jar. @param replaced other contents of some */
    private static Path jar(Path folder, String name, Map<String, String> replaced) throws IOException {
        try (var jar = new JarOutputStream(Files.newOutputStream(folder.resolve(name)));
                Stream<Path> files = Files.walk(CLASSES)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String entry = CLASSES.relativize(file).toString();
                jar.putNextEntry(new JarEntry(entry));
                jar.write(replaced.containsKey(entry) ? replaced.get(entry).getBytes(StandardCharsets.UTF_8)
                        : Files.readAllBytes(file));
            }
        }
        return folder;
    }

    private static Path model(Path folder) throws IOException {
        TinyTokenizers.write(Files.createDirectories(folder));
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "stablelm", "architectures": ["StableLmForCausalLM"], "vocab_size": 400,
                 "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2,
                 "num_key_value_heads": 1, "layer_norm_eps": 1e-5, "rope_theta": 10000.0, "use_qkv_bias": true,
                 "partial_rotary_factor": 0.25, "max_position_embeddings": 128, "initializer_range": 0.2,
                 "hidden_act": "silu", "tie_word_embeddings": false, "eos_token_id": 399, "torch_dtype": "float32"}""");
        ModelFolder made = ModelFolder.open(folder);
        Scope.run(() -> made.write(made.initialise(1), folder, DType.F32));
        return folder;
    }

    private Ended run(Path extensions, Object... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of(launcher.toString(), "--lang", "en"));
        Stream.of(arguments).map(Object::toString).forEach(line::add);
        var builder = new ProcessBuilder(line).redirectErrorStream(true).directory(folder.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("WEFT_EXTENSIONS", extensions.toString());
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out);
    }

    private Object[] training(Path out) throws IOException {
        String rows = IntStream.range(0, 16).mapToObj(i -> "{\"question\": \"the cat reads " + i
                + "\", \"answer\": \"" + (i % 2 == 0 ? "a book." : "a letter?") + "\"}\n")
                .collect(Collectors.joining());
        Path file = Files.writeString(folder.resolve("rows.jsonl"), rows);
        return new Object[] {"train", "--model", model, "--data", file, "--out", out, "tuning=bitfit",
            "train.objective.focal.gamma=1.5", "data.maxLength=96", "train.steps=6", "train.evalEvery=3",
            "train.learningRate=0.05",
            "data.heldOut=0.25"};
    }

    @Test void oneJarAddsAFamilyAMethodAnObjectiveAndARowFormat() throws Exception {
        Path out = folder.resolve("run");
        Ended trained = run(extensions, training(out));
        assertThat(trained.code()).as(trained.out()).isZero();
        var config = new ObjectMapper().readTree(out.resolve("adapter/adapter_config.json").toFile());
        assertThat(config.path("peft_type").asText()).isEqualTo("BITFIT");
        assertThat(Files.readString(out.resolve("recipe.yaml"))).contains("format: question-answer", "bitfit")
                .contains("gamma: 1.5");
        assertThat(Files.readString(out.resolve("events.jsonl"))).contains("\"certainty\":");

        Ended judged = run(extensions, "evaluate", out, "--greedy", "--rows", "2");
        assertThat(judged.code()).as(judged.out()).isZero();
        Ended merged = run(extensions, "export", out, "--merged", folder.resolve("merged"));
        assertThat(merged.code()).as(merged.out()).isZero();
        assertThat(folder.resolve("merged/model.safetensors")).exists();
    }

    @Test void aRewardIsNamedInARecipe() throws Exception {
        Path out = folder.resolve("run");
        List<Object> arguments = new ArrayList<>(List.of(training(out)));
        arguments.remove("train.objective.focal.gamma=1.5");
        arguments.addAll(List.of("train.objective.grpo.rewards.lines.count=2",
                "train.objective.grpo.maxNewTokens=4", "train.objective.grpo.generations=2"));
        Ended trained = run(extensions, arguments.toArray());
        assertThat(Files.readAllLines(out.resolve("rollouts.jsonl"))).as(trained.out()).isNotEmpty()
                .allSatisfy(line -> assertThat(line).contains("\"rewards\":{\"lines\":"));
    }

    @Test void withoutTheJarWhatItAddsIsUnknownByName() throws Exception {
        Ended ended = run(Files.createDirectory(folder.resolve("none")), training(folder.resolve("run")));
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.out()).contains("bitfit").contains("lora").doesNotContain("\tat ");
    }

    @Test void aJarForAnotherVersionIsNamedAndNothingOfItUsed() throws Exception {
        Path other = jar(Files.createDirectory(folder.resolve("old")), "old.jar",
                Map.of("META-INF/weft/extension.json", "{\"name\": \"old\", \"weft\": \"0.0\"}"));
        Ended ended = run(other, training(folder.resolve("run")));
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.out()).contains("old.jar", "0.0").doesNotContain("\tat ");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    /** transformers' StableLmForCausalLM on the very file that {@link #model} writes. */
    @Test void theFamilyGivesTheLogitsOfOtherCode() {
        Scope.run(() -> {
            var loaded = ModelFolder.open(model).load();
            float[] last = loaded.logits(loaded.hidden(new int[] {5, 17, 200, 3, 42, 7}, Pass.single(6)))
                    .narrow(0, 5, 1).toFloats();
            double[] expected = EXPECTED;
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) last[i]).as("logit %d", i).isCloseTo(expected[i], within(1e-4));
            }
        });
    }

    private static final double[] EXPECTED = {-0.327146, -0.057407, -0.885709, 0.342084, 1.427942, 0.307643};
}
