package io.weft.hub;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** An answer whose head is there and whose body still flows. Close it. */
record HubResponse(URI uri, HttpResponse<Chunks> response) implements AutoCloseable {
    int status() { return response.statusCode(); }

    boolean redirects() { return List.of(301, 302, 303, 307, 308).contains(status()); }

    boolean ok() { return status() / 100 == 2; }

    Optional<String> header(String name) { return response.headers().firstValue(name); }

    /** A header that must be a count of something; empty where it is missing or is not one. */
    OptionalLong number(String name) {
        String text = header(name).orElse("");
        return text.matches("[0-9]{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
    }

    Chunks body() { return response.body(); }

    /** The whole body. @throws IOException when it is longer than {@code most} bytes */
    byte[] bytes(Duration patience, int most) throws IOException, InterruptedException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (var piece = body().next(patience); piece.isPresent(); piece = body().next(patience)) {
            for (ByteBuffer buffer : piece.get()) {
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                all.writeBytes(bytes);
            }
            if (all.size() > most) {
                throw new IOException("an answer of more than " + most + " bytes");
            }
        }
        return all.toByteArray();
    }

    @Override public void close() { response.body().close(); }
}
