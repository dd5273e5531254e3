package io.weft.hub;

import io.weft.hub.FakeServer.Answer;
import io.weft.hub.FakeServer.Request;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * A hub with one model, "org/tiny", whose weights lie on a second server as on the real one. Tests change what it
 * answers through {@link #hubFault} and {@link #contentFault}.
 */
final class FakeHub implements AutoCloseable {
    static final String COMMIT = "c0ffee".repeat(6) + "abcd";
    static final String TOKEN = "hf_secretOfTheTest";
    final Map<String, byte[]> files = new LinkedHashMap<>();
    /** Files' sizes as the listing and HEAD tell them, where they are not the truth. */
    final Map<String, Long> announcedSizes = new HashMap<>();
    /** From a request and the true answer to the one that is sent. */
    BiFunction<Request, Answer, Answer> hubFault = (request, answer) -> answer;
    BiFunction<Request, Answer, Answer> contentFault = (request, answer) -> answer;
    final FakeServer hub;
    final FakeServer content;

    FakeHub() throws IOException {
        byte[] weights = new byte[3_000_000];
        new Random(1).nextBytes(weights);
        files.put("README.md", "# tiny".getBytes(StandardCharsets.UTF_8));
        files.put("config.json", "{\"model_type\": \"llama\"}".getBytes(StandardCharsets.UTF_8));
        files.put("tokenizer.json", "{\"词\": 1}".getBytes(StandardCharsets.UTF_8));
        files.put("model.safetensors", weights);
        files.put("additional_chat_templates/tool use.jinja", "{{ x }}".getBytes(StandardCharsets.UTF_8));
        files.put("pytorch_model.bin", new byte[] {1});
        files.put("onnx/model.onnx", new byte[] {2});
        content = new FakeServer(request -> contentFault.apply(request,
                body(request, file(request.path().substring("/store/".length()).split("\\?")[0]))));
        hub = new FakeServer(request -> hubFault.apply(request, answer(request)));
    }

    HubSettings settings(Path cache) { return settings(hub.uri(), cache, false, true); }

    static HubSettings settings(URI endpoint, Path cache, boolean offline, boolean links) {
        RetryPolicy patience = new RetryPolicy(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(1),
                Duration.ofMillis(1), 3);
        return new HubSettings(endpoint, Optional.of(new HubToken(TOKEN, "HF_TOKEN")), cache, offline, links,
                HttpClient.Builder.NO_PROXY, patience);
    }

    List<Request> contentRequests() { return content.of("GET"); }

    static String sha256(byte[] bytes) { return hash("SHA-256", bytes); }

    static String gitSha1(byte[] bytes) {
        byte[] head = ("blob " + bytes.length + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(head, head.length + bytes.length);
        System.arraycopy(bytes, 0, all, head.length, bytes.length);
        return hash("SHA-1", all);
    }

    private Answer answer(Request request) {
        String path = request.path();
        if (path.startsWith("/api/models/org/tiny/tree/")) {
            return tree(path.endsWith("cursor=second"));
        }
        String name = path.startsWith("/org/tiny/resolve/main/") || path.startsWith("/org/tiny/resolve/" + COMMIT + "/")
                ? path.split("/", 6)[5].replace("%20", " ") : "";
        byte[] bytes = files.get(name);
        if (bytes == null) {
            return Answer.of(404, Map.of("X-Error-Code", "RepoNotFound"));
        }
        if (!large(name)) {
            Answer body = body(request, bytes);
            Map<String, String> headers = new TreeMap<>(body.headers());
            headers.putAll(Map.of("X-Repo-Commit", COMMIT, "ETag", "\"" + gitSha1(bytes) + "\""));
            return Answer.of(body.status(), headers, body.body());
        }
        String location = content.uri() + "/store/" + name + "?Signature=keyInTheQuery";
        return Answer.of(302, Map.of("X-Repo-Commit", COMMIT,
                "X-Linked-Etag", "\"" + sha256(bytes) + "\"", "X-Linked-Size", "" + size(name), "Location", location,
                "ETag", "W/\"of-the-redirect\""));
    }

    /** Two pages, as the hub gives long listings. */
    private Answer tree(boolean second) {
        List<String> names = new ArrayList<>(files.keySet());
        List<String> entries = new ArrayList<>(List.of("{\"type\": \"directory\", \"path\": \"onnx\", \"size\": 0}"));
        for (String name : second ? names.subList(3, names.size()) : names.subList(0, 3)) {
            String escaped = name.replace("\\", "\\\\").replace("\0", "\\u0000").replace("\n", "\\n");
            entries.add("{\"type\": \"file\", \"path\": \"" + escaped + "\", \"size\": " + size(name)
                    + (large(name) ? ", \"lfs\": {\"size\": " + size(name) + "}" : "") + "}");
        }
        // The next page's address names another host, as a mirror's copy of the hub's answer does.
        Map<String, String> link = second ? Map.of()
                : Map.of("Link",
                "<https://elsewhere.invalid/api/models/org/tiny/tree/main?recursive=1&cursor=second>; rel=\"next\"");
        return Answer.of(200, link, ("[" + String.join(", ", entries) + "]").getBytes(StandardCharsets.UTF_8));
    }

    private static Answer body(Request request, byte[] bytes) {
        String range = request.headers().get("Range");
        if (range == null) {
            return Answer.of(200, Map.of(), bytes);
        }
        int from = Integer.parseInt(range.replaceAll("\\D", ""));
        return Answer.of(206, Map.of("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length),
                Arrays.copyOfRange(bytes, from, bytes.length));
    }

    private byte[] file(String name) { return files.getOrDefault(name, new byte[0]); }

    private long size(String name) { return announcedSizes.getOrDefault(name, (long) files.get(name).length); }

    private static boolean large(String name) { return name.endsWith(".safetensors") || name.endsWith(".bin"); }

    private static String hash(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static URI unused() throws IOException {
        FakeServer server = new FakeServer(request -> Answer.text(""));
        server.close();
        return server.uri();
    }

    @Override public void close() throws IOException {
        hub.close();
        content.close();
    }
}
