package io.weft.app.serve;

import io.weft.app.serve.HttpClientOfTests.Got;
import io.weft.problem.Language;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the page's files promise without a browser; {@code bench/page_check.py} drives them in one. */
class ChatPageTest {
    private static final Pattern WORD = Pattern.compile("(?m)^  (\\w+): \\[\"(.+?)\",\\s+\"(.+?)\"\\],$");
    private static final Pattern NAMED = Pattern.compile("data-(?:say|title|hint)=\"(\\w+)\"");
    private static final Pattern CHINESE = Pattern.compile("\\p{IsHan}");
    private static WeftServer server;
    private static HttpClientOfTests client;
    private static Map<String, String> files;

    @BeforeAll static void start() {
        Language.use(Language.ENGLISH);
        server = WeftServer.start(ServeSettings.DEFAULTS.withPort(0), new ScriptedAnswerer());
        client = new HttpClientOfTests(server.port());
        files = ChatPage.FILES.stream().collect(Collectors.toMap(Function.identity(),
                file -> client.get(path(file)).body()));
    }

    @AfterAll static void stop() { server.close(); }

    private static String path(String file) { return file.equals("page.html") ? "/" : "/" + file; }

    private static Stream<Map.Entry<String, String>> scripts() {
        return files.entrySet().stream().filter(file -> file.getKey().endsWith(".js"));
    }

    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map(result -> result.group(1)).toList();
    }

    @Test void everyFileIsServedWithItsTypeAndAPolicyThatRunsNothingElse() {
        Map<String, String> types = Map.of("html", "text/html;charset=utf-8", "js", "text/javascript;charset=utf-8",
                "css", "text/css;charset=utf-8", "svg", "image/svg+xml");
        for (String file : ChatPage.FILES) {
            Got got = client.get(path(file));
            assertThat(got.status()).as(file).isEqualTo(200);
            assertThat(got.response().headers().firstValue("Content-Type").orElseThrow().replace(" ", "")).as(file)
                    .isEqualTo(types.get(file.substring(file.lastIndexOf('.') + 1)));
            assertThat(got.response().headers().firstValue("Content-Security-Policy").orElseThrow()).as(file)
                    .startsWith("default-src 'none'; script-src 'self'").doesNotContain("unsafe").doesNotContain("*");
        }
    }

    @Test void whatThePageLoadsIsWhatIsServed() {
        Set<String> loaded = new TreeSet<>(
                found("<(?:link|script|img)[^>]* (?:src|href)=\"/([^\"]+)\"", files.get("page.html")));
        Set<String> served = new TreeSet<>(ChatPage.FILES);
        served.remove("page.html");
        assertThat(loaded).isEqualTo(served);
        scripts().forEach(script -> assertThat(found("from \"(?:\\./)(?:page/)?([\\w.]+)\"", script.getValue()))
                .as("imports of " + script.getKey()).allMatch(name -> loaded.contains("page/" + name))
                .hasSize(found("(?m)^(import)\\b", script.getValue()).size()));
    }

    @Test void nothingIsLoadedFromElsewhereAndNoTextBecomesMarkup() {
        String words = String.join("\n", files.values());
        assertThat(words.replace("http://www.w3.org/2000/svg", "")).doesNotContainPattern("https?://\\w")
                .doesNotContain("url(").doesNotContain("@import");
        for (String markup : List.of("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "srcdoc",
                "DOMParser", "createContextualFragment", "setHTML", "eval(", "Function(", "import(", "<style",
                " style=", "javascript:", "onclick", "onload", "onerror")) {
            assertThat(words).doesNotContain(markup);
        }
        assertThat(found("createElement\\(\"?(\\w+)\"?\\)", words)).doesNotContain("script", "iframe", "img", "object",
                "embed", "style", "link", "base", "form");
        assertThat(found("make\\(\"(\\w+)\"", words)).doesNotContain("script", "iframe", "img", "object", "embed",
                "style", "link", "base");
        assertThat(files.get("page/inline.js")).contains("noopener noreferrer");
    }

    @Test void everyWordHasBothLanguagesWithTheSamePlaces() {
        Map<String, MatchResult> words = words();
        assertThat(words).as("each key is one line or two").hasSizeGreaterThan(100)
                .hasSize(found("(?m)^  (\\w+): \\[", files.get("page/words.js")).size());
        words.forEach((key, word) -> {
            assertThat(word.group(2)).as(key).doesNotContainPattern(CHINESE);
            if (!word.group(2).equals(word.group(3)) && !key.equals("version")) {
                assertThat(word.group(3)).as(key).containsPattern(CHINESE);
            }
            assertThat(found("(%s)", word.group(3))).as(key).hasSameSizeAs(found("(%s)", word.group(2)));
        });
    }

    @Test void everyWordIsUsedAndEveryUsedOneIsThere() {
        Map<String, MatchResult> words = words();
        String html = files.get("page.html"), scripts = scripts()
                .filter(script -> !script.getKey().equals("page/words.js")).map(Map.Entry::getValue)
                .collect(Collectors.joining("\n"));
        Set<String> named = NAMED.matcher(html).results().map(result -> result.group(1)).collect(Collectors.toSet());
        assertThat(words.keySet()).containsAll(named).containsAll(found("\\bsay\\(\"(\\w+)\"", scripts))
                .containsAll(found("iconButton\\(\"\\w+\", \"(\\w+)\"", scripts))
                .containsAll(found("wordButton\\(\"[\\w ]+\", \"(\\w+)\"", scripts));
        assertThat(words.keySet().stream().filter(key -> !named.contains(key) && !scripts.contains('"' + key + '"')
                && !scripts.contains(key + ": 1"))).as("left over").isEmpty();
        found("data-say=\"(\\w+)\">[^<]", html).forEach(key -> assertThat(html)
                .as("before its script runs the page says the same").contains("data-say=\"" + key + "\">"
                + words.get(key).group(2).replace("&", "&amp;") + "<"));
    }

    private static Map<String, MatchResult> words() {
        Map<String, MatchResult> words = new LinkedHashMap<>();
        WORD.matcher(files.get("page/words.js")).results().forEach(word -> words.put(word.group(1), word));
        return words;
    }

    @Test void everyIconAndEveryElementThatScriptsNameIsInThePage() {
        String html = files.get("page.html"), scripts = scripts().map(Map.Entry::getValue)
                .collect(Collectors.joining("\n"));
        assertThat(found("<use href=\"#([\\w-]+)\"", html))
                .allMatch(icon -> html.contains("<symbol id=\"" + icon + "\""));
        assertThat(found("\\b(?:icon|iconButton)\\(\"(\\w+)\"", scripts))
                .allMatch(icon -> html.contains("<symbol id=\"i-" + icon + "\""));
        assertThat(found("\\$\\(\"([\\w-]+)\"\\)", scripts)).hasSizeGreaterThan(50)
                .allMatch(id -> html.contains(" id=\"" + id + "\""));
        assertThat(found(" id=\"([\\w-]+)\"", html)).doesNotHaveDuplicates();
    }

    @Test void everyControlHasANameBeforeItsScriptRuns() {
        String html = files.get("page.html");
        for (String button : found("(?s)<button\\b(.*?</button>)", html)) {
            assertThat(button).satisfiesAnyOf(it -> assertThat(it).contains("aria-label="),
                    it -> assertThat(it.substring(it.indexOf('>')).replaceAll("<[^>]*>", ""))
                    .containsPattern("\\p{L}"));
        }
        for (String field : found("<(?:input|textarea|select)\\b[^>]* id=\"([\\w-]+)\"", html)) {
            assertThat(html).as(field).containsPattern("<label[^>]* for=\"" + field
                    + "\"|<label[^>]*>(?:(?!</label>).)*id=\"" + field + "\"");
        }
    }

    @Test void withAKeyThePageIsOpenAndTheModelIsNot() {
        try (WeftServer locked = WeftServer.start(ServeSettings.DEFAULTS.withPort(0)
                .withHost("127.0.0.1", "open-sesame"), new ScriptedAnswerer())) {
            HttpClientOfTests keyless = new HttpClientOfTests(locked.port());
            for (String file : ChatPage.FILES) {
                assertThat(keyless.get(path(file)).status()).as(file).isEqualTo(200);
            }
            for (String closed : List.of("/v1/models", "/page", "/page/", "/page/nothing.js", "/page.html")) {
                assertThat(keyless.get(closed).status()).as(closed).isEqualTo(401);
            }
            assertThat(keyless.post("/v1/chat/completions", "{}").status()).isEqualTo(401);
        }
    }

    @Test void modelsTellThePageWhatTheyDo() {
        assertThat(client.get("/v1/models").json().at("/data/0/task").asText()).isEqualTo("generate");
    }
}
