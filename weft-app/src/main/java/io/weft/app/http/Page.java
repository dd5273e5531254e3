package io.weft.app.http;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A page and its few files, from the class path. Nothing is loaded from elsewhere. */
public final class Page {
    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, byte[]> bytes = new LinkedHashMap<>();

    /** @param place beside which the files are  @param files by the path at which they are served */
    public Page(Class<?> place, Map<String, String> files) {
        files.forEach((path, file) -> {
            types.put(path, type(file));
            bytes.put(path, read(place, file));
        });
    }

    /** Serves them. */
    public void addTo(JavalinConfig config) { bytes.keySet().forEach(path -> config.routes.get(path, this::send)); }

    private void send(Context context) {
        context.contentType(types.get(context.path())).header("Cache-Control", "no-cache")
                .result(bytes.get(context.path()));
    }

    private static String type(String file) {
        return switch (file.substring(file.lastIndexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "svg" -> "image/svg+xml";
            default -> throw new IllegalArgumentException(file);
        };
    }

    private static byte[] read(Class<?> place, String name) {
        try (InputStream in = place.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
