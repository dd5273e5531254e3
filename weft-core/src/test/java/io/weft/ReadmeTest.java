package io.weft;

import io.weft.tensor.DType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The README's lines of Java do what it says, exactly as they stand there, as a program of their own. */
class ReadmeTest {
    @TempDir Path folder;

    @Test void theLinesOfJavaCompileAndRunAsTheyStand() throws Exception {
        String lines = block("../README.md");
        assertThat(block("../README.zh-CN.md")).isEqualTo(lines);
        String imports = lines.lines().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n")),
                body = lines.lines().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
        Path source = Files.writeString(folder.resolve("Example.java"), imports
                + "\nclass Example { public static void main(String[] arguments) {\n" + body
                + "\nSystem.out.flush(); Runtime.getRuntime().halt(0); } }\n");
        Path config = TinyRun.base(folder.resolve("models/my-model"), DType.F32).resolve("config.json");
        Files.writeString(config, Files.readString(config)
                .replaceFirst("(\"max_position_embeddings\" ?: )128", "$12048"));
        TinyRun.rows(folder.resolve("train.jsonl"), 24);

        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(java.toString(), "-cp", System.getProperty("java.class.path"),
                source.toString()).directory(folder.toFile()).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        assertThat(out).contains("StepDone[", ": Line[measure=LOSS");
        assertThat(folder.resolve("runs/first/data/report.html")).exists();
        assertThat(folder.resolve("runs/first/adapter/adapter_model.safetensors")).exists();
        assertThat(folder.resolve("runs/first/evaluation/report.html")).exists();
    }

    private static String block(String file) throws Exception {
        String text = Files.readString(Path.of(file));
        int start = text.indexOf("```java\n") + "```java\n".length();
        return text.substring(start, text.indexOf("```", start));
    }
}
