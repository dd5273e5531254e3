package io.weft.app;

import io.weft.TinyRun;
import io.weft.tensor.DType;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The command as a process of its own, started by the launcher from an unpacked distribution whose path has a space and
 * Chinese characters.
 */
@EnabledOnOs(OS.LINUX)
final class ProcessTest {
    @TempDir private static Path made;
    private static Path launcher;
    @TempDir private Path folder;

    /** What came of a process. */
    private record Ended(int code, String out) {}

    @BeforeAll
    static void unpack() throws IOException {
        Path home = made.resolve("my weft 织"), lib = Files.createDirectories(home.resolve("lib"));
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH,
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toUri().toString()).collect(Collectors.joining(" ")));
        new JarOutputStream(Files.newOutputStream(lib.resolve("all.jar")), manifest).close();   // stands for the jars
        launcher = Files.copy(Path.of("..", "weft").toRealPath(), Files.createDirectories(home.resolve("bin"))
        .resolve("weft"));
        launcher.toFile().setExecutable(true);
    }

    private Process start(Map<String, String> environment, Object... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(launcher.toString()));
        Stream.of(arguments).map(Object::toString).forEach(line::add);
        var builder = new ProcessBuilder(line).redirectErrorStream(true).directory(folder.toFile());
        builder.environment().putAll(environment);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder.start();
    }

    private Ended run(Map<String, String> environment, Object... arguments) throws Exception {
        Process process = start(environment, arguments);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out);
    }

    @Test
    void theLauncherStartsFromAnywhereWithNamesInAnyScriptWhateverTheLocale() throws Exception {
        assertThat(run(Map.of("LC_ALL", "C"), "--version")).satisfies(ended -> assertThat(ended.code()).isZero())
                .satisfies(ended -> assertThat(ended.out()).startsWith("weft "));
        Ended ended = run(Map.of("LC_ALL", "C"), "train", "--model", "没有 模型", "--data", "没有数据.json");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.out()).contains("没有 模型: no such model folder", "没有数据.json: no such file");
    }

    @Test
    void theLanguageIsTheLocales() throws Exception {
        assertThat(run(Map.of("LC_ALL", "zh_CN.UTF-8"), "--help").out()).contains("用法:weft");
        assertThat(run(Map.of("LC_ALL", "zh_CN.UTF-8"), "--lang", "en", "--help").out()).contains("Usage: weft");
    }

    @Test
    void theLauncherSetsTheEnvironmentThatLibtorchNeeds() throws Exception {
        Ended ended = run(Map.of("LC_ALL", "C.UTF-8"), "doctor", "--json");
        assertThat(ended.out()).containsPattern("\"name\":\"environment\",\"verdict\":\"ok\"")
                .containsPattern("\"name\":\"libtorch\",\"verdict\":\"ok\"");
    }

    @Test
    void withoutAJdkTheLauncherNamesTheCommandThatInstallsOne() throws Exception {
        Path tools = Files.createDirectory(folder.resolve("tools"));
        for (String tool : List.of("bash", "env", "readlink", "dirname", "basename", "grep", "uname", "nproc", "cat",
                "head", "find")) {
            Path real = Stream.of("/usr/bin", "/bin").map(place -> Path.of(place, tool)).filter(Files::exists)
                    .findFirst().orElseThrow();
            Files.writeString(tools.resolve(tool), "#!/bin/sh\nexec " + real + " \"$@\"\n").toFile()
                    .setExecutable(true);
        }
        Files.writeString(tools.resolve("apt-get"), "#!/bin/sh\n").toFile().setExecutable(true);
        var builder = new ProcessBuilder(launcher.toString(), "--help").redirectErrorStream(true);
        builder.environment().put("PATH", tools.toString());
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().remove("JAVA_HOME");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(out).contains("no JDK 17 or later", "apt-get install -y openjdk-17-jdk-headless");
    }

    @Test
    void aRequestToEndCommitsAndTheRunGoesOn() throws Exception {
        Path base = TinyRun.base(folder.resolve("base"), DType.F32),
                rows = TinyRun.rows(folder.resolve("rows.jsonl"), 24);
        Process process = start(Map.of("LC_ALL", "C.UTF-8"), "train", "--model", base, "--data", rows, "--out", "run",
                "data.maxLength=96", "train.steps=100000", "train.logEvery=1", "train.evalEvery=100000",
                "train.saveEvery=100000");
        List<String> lines = new ArrayList<>();
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
                if (line.startsWith("step 5/")) {
                    process.toHandle().destroy();   // SIGTERM; the process itself would close its streams
                }
            }
        }
        String told = lines.stream().collect(Collectors.joining("\n"));
        assertThat(process.waitFor()).as(told).isEqualTo(75);
        assertThat(told).contains("stopping as soon as what is done is saved", "stopped, can be resumed",
                "weft resume run");
        assertThat(folder.toFile().list((at, name) -> name.startsWith("hs_err"))).isEmpty();
        assertThat(folder.resolve("run/checkpoints").toFile().list()).hasSize(1);

        Process resumed = start(Map.of("LC_ALL", "C.UTF-8"), "resume", "run");
        String first = "";
        try (var out = new BufferedReader(new InputStreamReader(resumed.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith("resuming after step") || !first.isEmpty() && resumed.isAlive()) {
                    first = first.isEmpty() ? line : first;
                    resumed.toHandle().destroyForcibly();
                }
            }
        }
        resumed.waitFor();
        assertThat(first).startsWith("resuming after step");
    }

    @Test
    void aServerSaysWhereItsLogIsAndNothingElse() throws Exception {
        Path base = TinyRun.base(folder.resolve("base"), DType.F32);
        Process process = start(Map.of("LC_ALL", "C.UTF-8", "WEFT_HOME", folder.resolve("home").toString()), "serve",
                base, "--port", "0");
        List<String> lines = new ArrayList<>();
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
                if (lines.size() == 2) {
                    String address = lines.get(0).replaceFirst(".*(http://\\S+/);.*", "$1");
                    new URL(address + "healthz").openStream().close();
                    process.toHandle().destroy();
                }
            }
        }
        assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).matches("base answers at http://127.0.0.1:\\d+/; Ctrl-C ends");
        Path log = Path.of(lines.get(1).replaceFirst("its log is ", ""));
        assertThat(log).hasParentRaw(folder.resolve("home"));
        assertThat(Files.readString(log)).contains("weft.serve listening at http", "weft.access GET /healthz 200 ",
                "weft.serve stopping", "weft.serve stopped").hasLineCount(4);
    }

    @Test
    void underNohupAHangUpIsNoRequestToEnd() throws Exception {
        Path base = TinyRun.base(folder.resolve("base"), DType.F32),
                rows = TinyRun.rows(folder.resolve("rows.jsonl"), 24);
        var builder = new ProcessBuilder("nohup", launcher.toString(), "train", "--model", base.toString(), "--data",
                rows.toString(), "--out", "run", "data.maxLength=96", "train.steps=100000", "train.logEvery=1",
                "train.evalEvery=100000").redirectErrorStream(true).directory(folder.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        List<String> lines = new ArrayList<>();
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
                if (line.startsWith("step 3/")) {
                    new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();
                } else if (line.startsWith("step 40/")) {
                    process.toHandle().destroy();
                }
            }
        }
        assertThat(process.waitFor()).isEqualTo(75);
        assertThat(lines).filteredOn(line -> line.startsWith("stopping as soon")).hasSize(1);
        assertThat(lines).anyMatch(line -> line.startsWith("step 40/"));
    }

    @Test
    void aRequestToEndBeforeTheTuningEndsTheQuickstartWithAWayToGoOn() throws Exception {
        Path base = TinyRun.base(folder.resolve("base"), DType.F32),
                rows = TinyRun.rows(folder.resolve("rows.jsonl"), 4000);
        Process process = start(Map.of("LC_ALL", "C.UTF-8"), "quickstart", "--model", base, "--data", rows, "--out",
                "run", "data.maxLength=96", "data.heldOut=0.5", "train.steps=2");
        List<String> lines = new ArrayList<>();
        try (var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
                if (line.startsWith("3. before")) {
                    process.toHandle().destroy();
                }
            }
        }
        String told = String.join("\n", lines);
        assertThat(process.waitFor()).as(told).isEqualTo(75);
        assertThat(told).contains("stopping as soon as", "Stopped before the tuning began", "weft resume run")
                .doesNotContain("4. tuning");
        assertThat(folder.resolve("run/recipe.yaml")).exists();
    }
}
