package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Speaks to a server under test. */
final class HttpClientOfTests {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final HttpClient client = HttpClient.newHttpClient();
    private final int port;

    HttpClientOfTests(int port) { this.port = port; }

    /** A response with its body as text. */
    record Got(int status, String body, HttpResponse<String> response) {
        JsonNode json() { return parse(body); }

        String error() { return json().path("error").path("message").asText(); }
    }

    Got get(String path, String... headers) { return send(request(path, headers).GET()); }

    Got delete(String path) { return send(request(path).DELETE()); }

    Got post(String path, String body, String... headers) { return postAsync(path, body, headers).join(); }

    CompletableFuture<Got> postAsync(String path, String body, String... headers) {
        HttpRequest.Builder request = request(path, headers).POST(HttpRequest.BodyPublishers.ofString(body));
        return client.sendAsync(headers.length == 0 ? request.setHeader("Content-Type", "application/json").build()
                : request.build(), HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> new Got(response.statusCode(), response.body(), response));
    }

    Got send(String method, String path) {
        return send(request(path).method(method, HttpRequest.BodyPublishers.noBody()));
    }

    Got send(String method, String path, String body, String... headers) {
        return send(request(path, headers).method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    /** All that comes back on a connection of its own until a second passes without a byte. */
    String raw(String request) {
        try (Socket socket = socket(request)) {
            socket.setSoTimeout(1000);
            StringBuilder text = new StringBuilder();
            byte[] buffer = new byte[8192];
            try {
                for (int count = 0; count >= 0 && !isWhole(text.toString()); count = socket.getInputStream()
                        .read(buffer)) {
                    text.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
                }
            } catch (SocketTimeoutException e) {
                return text.toString();
            }
            return text.toString();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isWhole(String text) {
        int head = text.indexOf("\r\n\r\n");
        Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(text);
        return head >= 0 && (text.startsWith("HTTP/1.1 204") || length.find() && text.substring(head + 4).getBytes(
                StandardCharsets.UTF_8).length >= Integer.parseInt(length.group(1)));
    }

    /** An answer that is still coming. */
    InputStream open(String path, String body) throws IOException, InterruptedException {
        return client.send(request(path).setHeader("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofInputStream())
                .body();
    }

    /** A bare connection on which a request has been written, to be closed without a word. */
    Socket socket(String request) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        return socket;
    }

    Socket socket(String path, String body) throws IOException {
        return socket("POST " + path + " HTTP/1.1\r\nHost: localhost:" + port
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8)
                .length + "\r\n\r\n" + body);
    }

    private Got send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Got(response.statusCode(), response.body(), response);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(60));
        return headers.length == 0 ? request : request.headers(headers);
    }

    /** The JSON of each event, the closing [DONE] checked and left out, comments left out. */
    static List<JsonNode> events(String stream) {
        List<JsonNode> events = new ArrayList<>();
        String[] parts = stream.split("\n\n");
        if (!parts[parts.length - 1].equals("data: [DONE]")) {
            throw new AssertionError("the stream ends with " + parts[parts.length - 1]);
        }
        for (int i = 0; i < parts.length - 1; i++) {
            if (!parts[i].startsWith(": ")) {
                events.add(parse(parts[i].substring("data: ".length())));
            }
        }
        return events;
    }

    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }
}
