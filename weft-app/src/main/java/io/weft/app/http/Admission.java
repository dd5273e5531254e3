package io.weft.app.http;

import io.weft.app.http.key.ApiKeys;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

import static io.weft.problem.Language.say;

/**
 * Who may come in, and how, beside the address and its one key.
 *
 * @param keys        file of keys, by name
 * @param origins     whose pages may ask in a browser, e.g. {@code https://chat.example.com}
 * @param hosts       names under which clients may know the server
 * @param certificate in PEM, with its chain; with {@code certificateKey} the server speaks TLS
 * @param openMetrics whether /metrics needs no key
 */
public record Admission(Optional<Path> keys, List<String> origins, List<String> hosts, Optional<Path> certificate,
        Optional<Path> certificateKey, boolean openMetrics) {
    /** Nothing beside. */
    public static final Admission PLAIN = new Admission(Optional.empty(), List.of(), List.of(), Optional.empty(),
            Optional.empty(), false);
    private static final Pattern HOST = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?|\\[[0-9a-f:.]+]");
    private static final int MOST_NAMES = 1000;

    public Admission {
        origins = origins.stream().map(origin -> origin.toLowerCase(Locale.ROOT)).distinct().toList();
        hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).distinct().toList();
    }

    /** Adds what cannot be, in the files, too. */
    public void check(Problems problems) {
        if (origins.size() > MOST_NAMES || hosts.size() > MOST_NAMES) {
            problems.add(say("there are more than %,d origins or hosts", MOST_NAMES));
        }
        origins.stream().filter(origin -> !isOrigin(origin)).forEach(origin -> problems.add(origin.equals("*")
                ? say("origin '*' would let every page on the web ask this server; name the origins, e.g. "
                + "https://chat.example.com")
                : say("origin '%s' is none; expected SCHEME://HOST or SCHEME://HOST:PORT without a path, e.g. "
                + "https://chat.example.com", origin)));
        hosts.stream().filter(host -> !HOST.matcher(host).matches()).forEach(host -> problems.add(
                say("host '%s' is none; expected a name without scheme, port and path, e.g. chat.example.com", host)));
        if (certificate.isPresent() != certificateKey.isPresent()) {
            problems.add(say("a certificate and its key go together: give both --tls-cert and --tls-key"));
        }
        if (certificate.isPresent() && certificateKey.isPresent()) {
            tried(problems, () -> PemFiles.read(certificate.get(), certificateKey.get()));
        }
        tried(problems, () -> ApiKeys.of(Optional.empty(), keys));
    }

    private static void tried(Problems problems, Runnable reading) {
        try {
            reading.run();
        } catch (UserError e) {
            problems.add(e.getMessage());
        }
    }

    private static boolean isOrigin(String text) {
        try {
            URI uri = new URI(text);
            return uri.getScheme() != null && uri.getRawAuthority() != null && uri.getRawUserInfo() == null
                    && text.equals(uri.getScheme() + "://" + uri.getRawAuthority());
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
