package io.weft.file;

import io.weft.problem.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import static io.weft.problem.Language.say;

/** SHA-256, in lower-case hexadecimal where it is text. */
public final class Sha256 {
    private Sha256() {}

    /** Of a whole file. @throws UserError when the file cannot be read */
    public static String of(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = digest();
            byte[] buffer = new byte[1 << 16];
            for (int length; (length = in.read(buffer)) > 0;) {
                digest.update(buffer, 0, length);
            }
            return hex(digest);
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }

    /** An empty one, to be fed piece by piece. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Of all that was fed; the digest is empty again afterwards. */
    public static String hex(MessageDigest digest) { return HexFormat.of().formatHex(digest.digest()); }
}
