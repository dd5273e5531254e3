package io.weft.app.http.key;

import io.weft.problem.Problems;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static io.weft.problem.Language.say;

/**
 * A file of keys, a line each; what follows a # at the beginning of a line is a comment.
 * <pre>
 * alice: 5up3r-secret-key
 * bob:   sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  requests=60/min tokens=90000/min
 * grafana: another-long-key  admin
 * </pre>
 * Behind the key stand what it opens ({@code infer}, {@code admin}; infer where nothing is said) and what it may use a
 * minute.
 */
final class KeyFile {
    private static final int MOST_BYTES = 1 << 20, MOST_KEYS = 10_000;
    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9._-]{1,64})\\s*:\\s*(\\S+)((?:\\s+\\S+)*)");
    private static final Pattern BOUND = Pattern.compile("(requests|tokens)=(\\d{1,9})/min");
    private static final String HASHED = "sha256:";
    private final Path file;
    private final Problems problems;
    private final Map<String, ApiKey> keys = new LinkedHashMap<>();
    private final Map<String, String> holders = new HashMap<>();

    private KeyFile(Path file) {
        this.file = file;
        problems = new Problems(say("the file of keys %s", file));
    }

    /** @throws UserError naming every line that cannot be */
    static List<ApiKey> read(Path file) {
        KeyFile keyFile = new KeyFile(file);
        List<String> lines = keyFile.lines();
        for (int i = 0; i < lines.size() && keyFile.keys.size() <= MOST_KEYS; i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                keyFile.take(i + 1, line);
            }
        }
        if (keyFile.keys.isEmpty() && keyFile.problems.isEmpty()) {
            keyFile.problems.add(say("it holds no key; write lines of the form NAME: KEY"));
        }
        if (keyFile.keys.size() > MOST_KEYS) {
            keyFile.problems.add(say("it holds more than %,d keys", MOST_KEYS));
        }
        keyFile.problems.throwIfAny();
        return new ArrayList<>(keyFile.keys.values());
    }

    private List<String> lines() {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw UserError.of(say("the file of keys %s is larger than %,d bytes", file, MOST_BYTES));
            }
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            throw UserError.of(say("the file of keys %s is not UTF-8", file), e);
        } catch (IOException e) {
            throw UserError.of(say("the file of keys %s cannot be read (%s)", file,
                    e.getClass().getSimpleName().replace("Exception", "")), e);
        }
    }

    /** Never a word of the line in what is told: any of them may be a key. */
    private void take(int number, String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            problems.add(say("line %d: expected NAME: KEY, with a name of 1 to 64 letters, digits, '.', '_' or '-'",
                    number));
            return;
        }
        String name = parts.group(1);
        if (name.equals(ApiKey.DEFAULT)) {
            problems.add(say("line %d: the name 'default' is that of --api-key; choose another", number));
        } else if (keys.containsKey(name)) {
            problems.add(say("line %d: '%s' has a key already", number, name));
        }
        byte[] hash = hash(number, parts.group(2));
        String holder = holders.putIfAbsent(HexFormat.of().formatHex(hash), name);
        if (holder != null && hash.length > 0) {
            problems.add(say("line %d: '%s' has this very key, too; give each client its own", number, holder));
        }
        keys.put(name, with(number, name, hash, parts.group(3).isBlank() ? List.of()
                : Arrays.asList(parts.group(3).strip().split("\\s+"))));
    }

    private byte[] hash(int number, String key) {
        if (key.regionMatches(true, 0, HASHED, 0, HASHED.length())) {
            String hex = key.substring(HASHED.length()).toLowerCase(Locale.ROOT);
            if (hex.equals(HexFormat.of().formatHex(ApiKey.hash("")))) {
                problems.add(say("line %d: this is the SHA-256 of nothing, and would let everybody in", number));
            } else if (hex.matches("[0-9a-f]{64}")) {
                return HexFormat.of().parseHex(hex);
            } else {
                problems.add(say("line %d: expected 64 hexadecimal digits behind sha256:", number));
            }
        } else if (ApiKey.isFit(key)) {
            return ApiKey.hash(key);
        } else {
            problems.add(say("line %d: a key has %d to %d visible ASCII characters and no spaces", number,
                    ApiKey.SHORTEST, ApiKey.LONGEST));
        }
        return new byte[0];
    }

    private ApiKey with(int number, String name, byte[] hash, List<String> words) {
        Set<ApiKey.Scope> scopes = EnumSet.noneOf(ApiKey.Scope.class);
        Map<String, Integer> bounds = new HashMap<>();
        for (String word : words) {
            Matcher bound = BOUND.matcher(word);
            if (word.equals("infer") || word.equals("admin")) {
                scopes.add(ApiKey.Scope.valueOf(word.toUpperCase(Locale.ROOT)));
            } else if (bound.matches() && Integer.parseInt(bound.group(2)) > 0) {
                bounds.put(bound.group(1), Integer.parseInt(bound.group(2)));
            } else {
                problems.add(say("line %d: behind the key there may be infer, admin, requests=N/min and "
                        + "tokens=N/min, with N from 1 to 999999999", number));
            }
        }
        return new ApiKey(name, hash, scopes.isEmpty() ? Set.of(ApiKey.Scope.INFER) : scopes,
                bound(bounds, "requests"), bound(bounds, "tokens"));
    }

    private static OptionalInt bound(Map<String, Integer> bounds, String name) {
        return bounds.containsKey(name) ? OptionalInt.of(bounds.get(name)) : OptionalInt.empty();
    }
}
