package io.weft.app;

import io.weft.TinyRun;
import io.weft.run.EventLog;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunFolder;
import io.weft.tensor.DType;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A training whose process really gets no more memory from the system, under a limit of bash's ulimit. */
@EnabledOnOs(OS.LINUX)
@Tag("campaign")
final class MemoryShortageTest {
    @TempDir private Path folder;
    /** Kilobytes. */
    private volatile long most;

    private record Ended(int code, String out) {}

    private Path launcher() throws IOException {
        if (Files.exists(folder.resolve("weft/bin/weft"))) {
            return folder.resolve("weft/bin/weft");
        }
        Path lib = Files.createDirectories(folder.resolve("weft/lib"));
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH,
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toUri().toString()).collect(Collectors.joining(" ")));
        new JarOutputStream(Files.newOutputStream(lib.resolve("all.jar")), manifest).close();
        Path launcher = Files.copy(Path.of("..", "weft").toRealPath(),
                Files.createDirectories(folder.resolve("weft/bin")).resolve("weft"));
        launcher.toFile().setExecutable(true);
        return launcher;
    }

    private Ended train(long megabytes, String... settings) throws Exception {
        List<String> line = new ArrayList<>(List.of("bash", "-c", "ulimit -d " + (megabytes == 0 ? "unlimited"
                : Long.toString(megabytes << 10)) + "; exec \"$@\"", "limited", launcher().toString(), "train",
                "--model", folder.resolve("base").toString(), "--data", folder.resolve("rows.jsonl").toString(),
                "data.maxLength=96", "data.pack=false", "data.heldOut=0", "train.batch=1024", "train.accumulate=1",
                "train.steps=3", "train.saveEvery=1"));
        line.addAll(List.of(settings));
        var builder = new ProcessBuilder(line).redirectErrorStream(true).directory(folder.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("WEFT_JAVA_OPTIONS", "-Xmx400m -Xms400m");
        Process process = builder.start();
        var looking = new Thread(() -> look(process.toHandle()));
        looking.setDaemon(true);
        looking.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), out);
    }

    /** Of a process and those that it starts, every few milliseconds: what the limit counts. */
    private void look(ProcessHandle process) {
        while (process.isAlive()) {
            Stream.concat(Stream.of(process), process.descendants()).forEach(each -> {
                try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(each.pid()), "status"))) {
                    most = Math.max(most, lines.filter(line -> line.startsWith("VmData:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElse(0));
                } catch (IOException | UncheckedIOException e) {
                    // it has ended
                }
            });
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Test
    void whatDoesNotGoInGoesOnInSmallerPasses() throws Exception {
        TinyRun.base(folder.resolve("base"), DType.F32, 256);
        TinyRun.rows(folder.resolve("rows.jsonl"), 1030);
        Ended small = train(0, "train.tokensAtOnce=4000", "--out", "small");
        assertThat(small.code()).as(small.out()).isZero();
        long limit = most / 1024 + 100;
        Ended ended = train(limit, "--out", "run");
        assertThat(ended.out()).contains("no memory left", "goes on from its last checkpoint with train.tokensAtOnce=");
        assertThat(ended.code()).as(ended.out()).isZero();
        var events = EventLog.events(new RunFolder(folder.resolve("run")).events());
        assertThat(events).filteredOn(StepDone.class::isInstance).hasSize(3);
        assertThat(events).anySatisfy(event -> assertThat(event).isInstanceOf(Finished.class));
        assertThat(Files.readString(folder.resolve("run/recipe.yaml"))).containsPattern("tokensAtOnce: [1-9]");
    }
}
