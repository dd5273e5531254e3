package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.PromptStyle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What docs/serve.md shows works as it stands there; bench/clients runs the snippets that need packages. */
class ServeDocsTest {
    private static final List<String> PAGES = List.of("serve.md", "serve.zh-CN.md");
    @TempDir static Path folder;
    private static WeftServer server;

    @BeforeAll static void start() throws InterruptedException {
        ModelAnswerer answerer = ModelAnswerer.start("tiny", 8, 4, TinyModel.in(folder, PromptStyle.TEMPLATE));
        answerer.awaitReady();
        server = WeftServer.start(ServeSettings.DEFAULTS.withPort(0), answerer);
    }

    @AfterAll static void stop() { server.close(); }

    /** The snippets of a language, asking the server under test. */
    private static List<String> snippets(String language) throws IOException {
        List<String> found = new ArrayList<>();
        for (String page : PAGES) {
            Matcher block = Pattern.compile("(?s)```" + language + "\n(.*?)```")
                    .matcher(Files.readString(Path.of("../docs").resolve(page)));
            while (block.find()) {
                assertThat(block.group(1)).contains("http://127.0.0.1:8000/");
                found.add(block.group(1).replace(":8000/", ":" + server.port() + "/"));
            }
        }
        assertThat(found).as(language).hasSizeGreaterThanOrEqualTo(PAGES.size());
        return found;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String told = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(told).isZero();
        return told;
    }

    @Test void curlStreamsAnAnswer() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "no curl here");
        for (String snippet : snippets("bash")) {
            List<JsonNode> events = HttpClientOfTests.events(run("bash", "-c", snippet));
            assertThat(events.get(events.size() - 1).at("/choices/0/finish_reason").asText()).isEqualTo("length");
        }
    }

    @Test void theJdkAsks() throws Exception {
        List<String> snippets = snippets("java");
        Path source = Files.writeString(folder.resolve("Ask.java"), snippets.get(1));
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, "-encoding", "UTF-8",
                source.toString())).as("it compiles").isZero();
        String told = printed();
        assertThat(told).startsWith("200 ");
        assertThat(HttpClientOfTests.parse(told.substring(4)).at("/usage/completion_tokens").asInt()).isEqualTo(40);
        assertThat(snippets.get(0)).as("the other page's")
                .isEqualTo(snippets.get(1).replace("说出三条河流。", "Name three rivers."));
    }

    /** What the compiled snippet prints. */
    private static String printed() throws Exception {
        PrintStream usual = System.out;
        var bytes = new ByteArrayOutputStream();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()},
                ClassLoader.getPlatformClassLoader())) {
            System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
            loader.loadClass("Ask").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(usual);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test void everyPageShowsTheSameClients() throws IOException {
        for (String language : List.of("bash", "java", "javascript")) {
            assertThat(snippets(language)).as(language).hasSize(PAGES.size());
        }
        assertThat(snippets("python")).hasSize(2 * PAGES.size());
    }
}
