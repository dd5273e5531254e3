package io.weft.hub;

import io.weft.problem.UserError;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import static io.weft.problem.Language.say;

/**
 * Names that become paths and addresses: of repositories and revisions (the user's) and of files, commits and blobs
 * (the server's).
 */
final class HubNames {
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern BLOB = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    private static final Pattern RESERVED = Pattern.compile("(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?");
    private static final String BAD_CHARACTERS = "\\:*?\"<>|";

    private HubNames() {}

    /** @return {@code repository}  @throws UserError unless it is "org/name" or "name" as hubs allow them */
    static String repository(String repository) {
        if (!isRepository(repository)) {
            throw UserError.of(say("'%s' is not the name of a model: expected org/name, such as Qwen/Qwen3-0.6B",
                    repository));
        }
        return repository;
    }

    static boolean isRepository(String text) {
        String[] parts = text.split("/", -1);
        boolean good = parts.length <= 2 && !text.contains("--") && !text.contains("..");
        for (String part : parts) {
            good &= PART.matcher(part).matches();
        }
        return good;
    }

    static boolean isRevision(String text) { return staysInside(text); }

    /** @return {@code revision}  @throws UserError unless it is a branch, tag or commit that can name a file */
    static String revision(String revision) {
        if (!staysInside(revision)) {
            throw UserError.of(say("revision '%s': expected a branch, a tag or a commit, such as main", revision));
        }
        return revision;
    }

    /**
     * @return {@code path}
     * @throws UserError for a path that would leave its folder, or that one of the systems Weft runs on would read as
     *     something else
     */
    static String file(String path, String repository) {
        if (!staysInside(path)) {
            throw UserError.of(say("%s: the hub lists a file named '%s', which could be written outside the model's "
                    + "folder; nothing was fetched. Do not use this repository", repository, printable(path)));
        }
        return path;
    }

    static boolean isCommit(String text) { return COMMIT.matcher(text).matches(); }

    static boolean isBlob(String etag) { return BLOB.matcher(etag).matches() && !etag.contains(".."); }

    private static boolean staysInside(String path) {
        if (path.isEmpty() || path.length() > 512 || path.chars()
                .anyMatch(c -> c < ' ' || c == 0x7F || BAD_CHARACTERS.indexOf(c) >= 0)) {
            return false;
        }
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..") || part.endsWith(".") || part.endsWith(" ")
                    || RESERVED.matcher(part).matches()) {
                return false;
            }
        }
        return true;
    }

    /** Percent-encodes all but the unreserved characters, and keeps slashes if asked. */
    static String encoded(String text, boolean keepSlashes) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0) || keepSlashes
                    && c == '/';
            encoded.append(plain ? String.valueOf(c) : String.format("%%%02X", b & 0xFF));
        }
        return encoded.toString();
    }

    /** A server's text, fit for a terminal: control characters shown as question marks, cut at 200. */
    static String printable(String text) {
        String clean = text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
        return clean.length() <= 200 ? clean : clean.substring(0, 200) + "...";
    }
}
