package io.weft.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.weft.file.JsonFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real HTTP server on the loopback address that answers chat completions as a test says, well or badly. */
public final class ChatServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();

    /** @param authorization the header; "" for none  @param body what was sent */
    public record Asked(String path, String authorization, JsonNode body) {
        /** The last message. */
        public String question() {
            JsonNode messages = body.path("messages");
            return messages.path(messages.size() - 1).path("content").asText();
        }
    }

    /** A whole reply. */
    public record Told(int status, Map<String, String> headers, String body) {
        public static Told of(int status, String body) { return new Told(status, Map.of(), body); }

        /** A well-formed answer. */
        public static Told answer(String text) {
            ObjectNode root = JsonFile.JSON.createObjectNode().put("object", "chat.completion");
            root.putArray("choices").addObject().put("index", 0).put("finish_reason", "stop").putObject("message")
                    .put("role", "assistant").put("content", text);
            root.putObject("usage").put("prompt_tokens", 7).put("completion_tokens", 3).put("total_tokens", 10);
            return of(200, root.toString());
        }

        /** An error as OpenAI words it. */
        public static Told error(int status, String code, String message) {
            ObjectNode root = JsonFile.JSON.createObjectNode();
            root.putObject("error").put("message", message).put("type", "invalid_request_error").put("code", code);
            return of(status, root.toString());
        }

        public Told with(String header, String value) { return new Told(status, Map.of(header, value), body); }
    }

    /** What the server does with a request. */
    @FunctionalInterface
    public interface Manner {
        Told answer(Asked asked) throws InterruptedException;
    }

    public ChatServer(Manner manner) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(threads);
        server.createContext("/", exchange -> serve(exchange, manner));
        server.start();
    }

    private void serve(HttpExchange exchange, Manner manner) throws IOException {
        try (exchange) {
            byte[] sent = exchange.getRequestBody().readAllBytes();
            String key = exchange.getRequestHeaders().getFirst("Authorization");
            Asked request = new Asked(exchange.getRequestURI().getPath(), key == null ? "" : key,
                    sent.length == 0 ? JsonFile.JSON.missingNode() : JsonFile.JSON.readTree(sent));
            asked.add(request);
            Told told = manner.answer(request);
            told.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            byte[] body = told.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(told.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Where it is, as a user would write it. */
    public String base() { return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1"; }

    /** Chat completions that it was asked for. */
    public List<Asked> asked() {
        return asked.stream().filter(request -> request.path().equals("/v1/chat/completions")).toList();
    }

    @Override public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
