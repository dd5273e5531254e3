package io.weft.app.api;

import io.javalin.config.JavalinConfig;
import io.weft.app.http.Page;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** What this server takes and gives, as an OpenAPI 3.1 document at {@code /openapi.json} and as a page at /docs. */
public final class ApiDocument {
    public static final String PATH = "/openapi.json";
    private static final Map<String, String> PAGE = Map.of("/docs", "docs.html", "/docs.js", "docs.js", "/docs.css",
            "docs.css");

    private ApiDocument() {}

    public static void addTo(JavalinConfig config) {
        new Page(ApiDocument.class, PAGE).addTo(config);
        byte[] document = read();
        config.routes.get(PATH, context -> context.contentType("application/json").result(document));
    }

    private static byte[] read() {
        try (InputStream in = ApiDocument.class.getResourceAsStream("openapi.json")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
