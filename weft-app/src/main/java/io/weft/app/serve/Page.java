package io.weft.app.serve;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The page at {@code /} and its few files, from the class path. Nothing is loaded from elsewhere. */
final class Page {
    /** Path to file name and type. */
    static final Map<String, String[]> FILES = Map.of("/", new String[] {"page.html", "text/html; charset=utf-8"},
            "/page.js", new String[] {"page.js", "text/javascript; charset=utf-8"},
            "/page.css", new String[] {"page.css", "text/css; charset=utf-8"}, "/icon.svg",
            new String[] {"icon.svg", "image/svg+xml"});
    private final Map<String, byte[]> bytes = new LinkedHashMap<>();

    Page() { FILES.forEach((path, file) -> bytes.put(path, read(file[0]))); }

    void send(Context context) {
        context.contentType(FILES.get(context.path())[1]).header("Cache-Control", "no-cache")
                .result(bytes.get(context.path()));
    }

    private static byte[] read(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
