package io.weft.app.http.key;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What is known of a key: everything but the key itself.
 *
 * @param name     under which logs and metrics tell of it
 * @param hash     SHA-256 of the key, 32 bytes
 * @param scopes   what it opens
 * @param requests that it may send a minute, if bounded
 * @param tokens   of prompts and answers that it may use a minute, if bounded
 */
public record ApiKey(String name, byte[] hash, Set<Scope> scopes, OptionalInt requests, OptionalInt tokens) {
    /** What a key may open: answers of the model; or how the server does, and changes to it. */
    public enum Scope { INFER, ADMIN }

    /** The key of {@code --api-key}. */
    static final String DEFAULT = "default";
    public static final int SHORTEST = 8, LONGEST = 256;

    public ApiKey { scopes = Set.copyOf(scopes); }

    /** The one key of a server that has one: it opens everything. */
    static ApiKey only(String key) {
        return new ApiKey(DEFAULT, hash(key), Set.of(Scope.values()), OptionalInt.empty(), OptionalInt.empty());
    }

    /** Hashes are of one length and are compared in one time: nothing is learned from how long a wrong key takes. */
    boolean has(byte[] shown) { return MessageDigest.isEqual(hash, shown); }

    /** Whether a text can be a key: 8 to 256 visible ASCII characters. */
    public static boolean isFit(String key) { return key.matches("[!-~]{" + SHORTEST + "," + LONGEST + "}"); }

    static byte[] hash(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
