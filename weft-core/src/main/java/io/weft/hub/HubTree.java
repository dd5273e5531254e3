package io.weft.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.problem.UserError;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static io.weft.problem.Language.say;

/** The list of a repository's files, which a hub gives in pages. */
final class HubTree {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NEXT = Pattern.compile("<([^<>]*)>\\s*;[^,]*\\brel=\"?next\"?");
    private static final Pattern QUERY = Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})+");
    private static final int MOST_BYTES = 64 << 20;
    private static final int MOST_FILES = 100_000;

    private HubTree() {}

    /**
     * @throws UserError for a name that must not become a path, a listing that does not end, or an answer that is no
     *     listing
     */
    static List<HubFile> list(HubClient client, String repository, String revision) {
        String subject = repository + (revision.equals("main") ? "" : " (" + revision + ")");
        URI base = client.at("/api/models/" + HubNames.encoded(repository, true) + "/tree/"
                + HubNames.encoded(revision, false));
        List<HubFile> files = new ArrayList<>();
        Optional<String> query = Optional.of("recursive=1");
        while (query.isPresent()) {
            URI page = URI.create(base + "?" + query.get());
            Optional<String> asked = query;
            query = client.persistently(subject, () -> page(client, page, files, repository, subject))
                    .filter(next -> !asked.get().equals(next));
            if (files.size() > MOST_FILES) {
                throw UserError.of(say("%s: the hub lists more than %d files, which no model has", subject,
                        MOST_FILES));
            }
        }
        return files;
    }

    /**
     * Adds one page. Returns the query of the next one: only that is taken from the server, so that a mirror's listing
     * goes on at the mirror.
     */
    private static Optional<String> page(HubClient client, URI uri,
            List<HubFile> files, String repository, String subject) throws IOException, InterruptedException {
        try (HubResponse reply = client.send("GET", uri, Map.of(), any -> false, subject)) {
            byte[] body = reply.bytes(client.patience().stall(), MOST_BYTES);
            files.addAll(files(body, repository, subject));
            return next(reply.header("link").orElse(""));
        }
    }

    private static List<HubFile> files(byte[] body, String repository, String subject) {
        JsonNode entries;
        try {
            entries = JSON.readTree(body);
        } catch (IOException notJson) {
            throw notAListing(subject, notJson);
        }
        if (!entries.isArray()) {
            throw notAListing(subject, null);
        }
        List<HubFile> files = new ArrayList<>();
        for (JsonNode entry : entries) {
            if (!entry.path("path").isTextual()) {
                throw notAListing(subject, null);
            }
            String path = HubNames.file(entry.get("path").asText(), repository);
            if (entry.path("type").asText().equals("file")) {
                files.add(new HubFile(path,
                        Math.max(0, entry.path("lfs").path("size").asLong(entry.path("size").asLong()))));
            }
        }
        return files;
    }

    private static UserError notAListing(String subject, IOException cause) {
        return UserError.of(
                say("%s: the answer is not a hub's list of files (a sign-in page of this network?); check HF_ENDPOINT",
                subject), cause);
    }

    private static Optional<String> next(String link) {
        Matcher matcher = NEXT.matcher(link);
        int question = matcher.find() ? matcher.group(1).indexOf('?') : -1;
        String query = question < 0 ? "" : matcher.group(1).substring(question + 1);
        return QUERY.matcher(query).matches() ? Optional.of(query) : Optional.empty();
    }
}
