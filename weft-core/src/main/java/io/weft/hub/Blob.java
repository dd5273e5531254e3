package io.weft.hub;

import io.weft.problem.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * What a hub says of one file of one commit.
 *
 * @param etag the name of its content in the cache: SHA-256 of a large file (64 hex digits), git's SHA-1 of a small one
 *     (40)
 * @param size bytes
 */
record Blob(HubFile file, String commit, String etag, long size) {
    /** Asks for a file's head. The hub says all of it before it sends on to a content host, which is not asked then. */
    static Blob of(HubClient client, String repository, String revision, HubFile file) {
        String subject = repository + " " + file.path();
        URI uri = client.content(repository, revision, file.path());
        return client.persistently(subject, () -> {
            String[] commit = new String[1];
            try (HubResponse reply = client.send("HEAD", uri, Map.of(), hop -> isEnough(client, hop, commit),
                    subject)) {
                isEnough(client, reply, commit);
                String etag = reply.header("x-linked-etag").or(() -> reply.header("etag")).orElse("")
                        .replaceAll("^W/|\"", "");
                long size = reply.number("x-linked-size")
                        .orElse(reply.ok() ? reply.number("content-length").orElse(file.size()) : file.size());
                if (commit[0] == null || !HubNames.isCommit(commit[0]) || !HubNames.isBlob(etag)) {
                    throw UserError.of(say(
                            "%s: the server does not say which commit or content this is (x-repo-commit, etag), so it "
                            + "cannot be checked; set HF_ENDPOINT to a full mirror of the hub", subject));
                }
                return new Blob(file, commit[0], etag.toLowerCase(Locale.ROOT), size);
            }
        });
    }

    /**
     * Remembers the first commit of a chain of redirects. Enough is a redirect that names the content, or one that
     * leaves the hub with a commit known.
     */
    private static boolean isEnough(HubClient client, HubResponse hop, String[] commit) {
        hop.header("x-repo-commit").filter(found -> commit[0] == null).ifPresent(found -> commit[0] = found);
        return commit[0] != null && (hop.header("x-linked-etag").isPresent() || hop.header("etag").isPresent()
                && HubClient.target(hop.uri(), hop.header("location").orElse("")).filter(to -> !client.ours(to))
                .isPresent());
    }

    /** Whether a file on disk is this content: size and, where the etag is one, the hash. */
    boolean matches(Path path) throws IOException {
        if (Files.size(path) != size) {
            return false;
        }
        Optional<MessageDigest> digest = digest();
        if (digest.isEmpty()) {
            return true;
        }
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(path)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.get().update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.get().digest()).equals(etag);
    }

    private Optional<MessageDigest> digest() {
        try {
            if (etag.matches("[0-9a-f]{64}")) {
                return Optional.of(MessageDigest.getInstance("SHA-256"));
            }
            if (etag.matches("[0-9a-f]{40}")) {
                MessageDigest git = MessageDigest.getInstance("SHA-1");
                git.update(("blob " + size + "\0").getBytes(StandardCharsets.US_ASCII));
                return Optional.of(git);
            }
            return Optional.empty();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);   // every JDK has both
        }
    }
}
