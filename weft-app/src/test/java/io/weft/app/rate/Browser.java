package io.weft.app.rate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Chromium without a window, driven by its DevTools protocol. */
final class Browser implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PORT = Pattern.compile("ws://127\\.0\\.0\\.1:(\\d+)/");
    private static final long PATIENCE_SECONDS = 30;
    private final Process process;
    private final WebSocket socket;
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final StringBuilder message = new StringBuilder();
    private int calls;

    private Browser(Process process, URI page) {
        this.process = process;
        socket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(page, new WebSocket.Listener() {
            @Override public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                message.append(data);
                if (last) {
                    take(message.toString());
                    message.setLength(0);
                }
                from.request(1);
                return null;
            }
        }).join();
    }

    /** The program, where this machine has one. */
    static Optional<Path> program() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome", "chrome")
                .map(name -> Path.of(folder).resolve(name))).filter(Files::isExecutable).findFirst();
    }

    static Browser start(Path profile, String language) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program().orElseThrow().toString(), "--headless=new", "--no-sandbox",
                "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0", "--remote-allow-origins=*",
                "--lang=" + language, "--accept-lang=" + language, "--user-data-dir=" + profile, "about:blank")
                .redirectErrorStream(true).start();
        BufferedReader out = process.inputReader();
        Matcher port = PORT.matcher("");
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (port.reset(line).find()) {
                break;
            }
        }
        Thread drain = new Thread(() -> {
            try {
                out.transferTo(Writer.nullWriter());
            } catch (IOException e) {
                // it ended
            }
        }, "browser's words");
        drain.setDaemon(true);
        drain.start();
        Browser browser = new Browser(process, URI.create(pageOf(Integer.parseInt(port.group(1)))));
        browser.call("Page.enable", Map.of());
        browser.call("Runtime.enable", Map.of());
        browser.call("Log.enable", Map.of());
        return browser;
    }

    private static String pageOf(int port) throws IOException, InterruptedException {
        HttpRequest list = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json")).build();
        for (JsonNode target : JSON.readTree(HttpClient.newHttpClient().send(list,
                HttpResponse.BodyHandlers.ofString()).body())) {
            if (target.path("type").asText().equals("page")) {
                return target.path("webSocketDebuggerUrl").asText();
            }
        }
        throw new IOException("no page");
    }

    private void take(String text) {
        try {
            JsonNode told = JSON.readTree(text);
            if (told.has("id")) {
                waiting.remove(told.path("id").asInt()).complete(told);
            } else if (told.path("method").asText().equals("Runtime.exceptionThrown")
                    || told.at("/params/entry/level").asText().equals("error")) {
                complaints.add(told.path("params").toString());
            }
        } catch (IOException e) {
            complaints.add(e.toString());
        }
    }

    /** What the page complained about: exceptions, and what its policy or the network refused. */
    List<String> complaints() { return new ArrayList<>(complaints); }

    JsonNode call(String method, Map<String, ?> parameters) {
        ObjectNode request = JSON.createObjectNode().put("id", ++calls).put("method", method);
        request.set("params", JSON.valueToTree(parameters));
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(calls, answer);
        socket.sendText(request.toString(), true).join();
        return answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join().path("result");
    }

    /** Opens an address and waits until it is there. */
    void open(String address) {
        call("Page.navigate", Map.of("url", address));
        await("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /** The value of an expression. */
    JsonNode js(String expression) {
        return call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true))
                .at("/result/value");
    }

    String text(String id) { return js("document.getElementById('" + id + "').innerText").asText(); }

    /** Waits until an expression is true. */
    void await(String expression) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!js(expression).asBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never true: " + expression + "; the page says: "
                        + js("document.body.innerText.slice(0, 500)").asText() + complaints);
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A key as the keyboard sends it, by its name in the DOM. */
    void press(String key) {
        Map<String, Object> down = new HashMap<>(Map.of("type", "keyDown", "key", key));
        if (key.length() == 1) {
            down.put("text", key);
        }
        call("Input.dispatchKeyEvent", down);
        call("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key));
    }

    @Override public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
