package io.weft.token.read;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import static io.weft.problem.Language.say;

/**
 * What stands beside a tokenizer.json or tokenizer.model: tokenizer_config.json, special_tokens_map.json and
 * added_tokens.json, each of which may be missing, with the order of precedence of transformers: where
 * tokenizer_config.json lists added_tokens_decoder, the other two are older files that only fill in what it leaves
 * open; without that list special_tokens_map.json comes first.
 */
public final class TokenizerConfig {
    static final String FILE = "tokenizer_config.json", MAP = "special_tokens_map.json", ADDED = "added_tokens.json";
    private static final String LISTED = "added_tokens_decoder";
    private static final List<String> PARTS = List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token",
            "cls_token", "mask_token");
    private static final List<String> EXTRA = List.of("extra_special_tokens", "additional_special_tokens");
    private final Path folder;
    private final JsonNode config, map, model;

    private TokenizerConfig(Path folder, JsonNode config, JsonNode map, JsonNode model) {
        this.folder = folder;
        this.config = config;
        this.map = map;
        this.model = model;
    }

    /** A token that a file gives a part to play. */
    record Named(Path file, AddedToken token) {}

    /** @throws UserError when a file is there and holds no JSON object */
    public static TokenizerConfig in(Path folder) {
        return new TokenizerConfig(folder, object(folder.resolve(FILE)), object(folder.resolve(MAP)),
                JsonFile.optional(folder.resolve("config.json")));
    }

    private static JsonNode object(Path file) {
        JsonNode read = JsonFile.optional(file);
        if (!read.isMissingNode() && !read.isObject()) {
            throw UserError.of(say("%s should hold a JSON object {…}; fetch the file again", file));
        }
        return read;
    }

    Path file() { return folder.resolve(FILE); }

    JsonNode get(String key) { return config.path(key); }

    JsonNode root() { return config; }

    /** The class of transformers that saved the tokenizer, without the ending that version 4 gave it; or "". */
    String tokenizerClass() {
        String name = config.path("tokenizer_class").asText("");
        return name.endsWith("Fast") ? name.substring(0, name.length() - 4) : name;
    }

    /** As config.json has it, or "". */
    String modelType() { return model.path("model_type").asText(""); }

    /** A token by its key, e.g. {@code eos_token}.  @throws UserError when the value is no token */
    Optional<Named> named(String key) {
        boolean listed = config.has(LISTED);
        for (boolean first : new boolean[] {true, false}) {
            boolean isConfig = listed == first;
            Path file = folder.resolve(isConfig ? FILE : MAP);
            JsonNode value = (isConfig ? config : map).path(key);
            if (value.isMissingNode() || value.isNull() || value.asText("").isEmpty() && value.isTextual()) {
                continue;
            }
            return Optional.of(new Named(file, token(file, key, value)));
        }
        return Optional.empty();
    }

    private static AddedToken token(Path file, String key, JsonNode value) {
        if (value.isTextual()) {
            return AddedToken.special(value.asText());
        } else if (value.isObject()) {
            return AddedToken.of(file + " " + key, -1, value).asSpecial();
        }
        throw UserError.of(say("%s: %s is %s; expected a token, as a text or as an object with its content", file, key,
                value));
    }

    /**
     * Added tokens of these files, by id: those of added_tokens_decoder, or, where there is no such list, of
     * added_tokens.json together with the ones that tokenizer.json has.
     *
     * @param fromFile those of tokenizer.json by id
     */
    Collection<AddedToken> addedTokens(Map<Integer, AddedToken> fromFile) {
        if (config.has(LISTED)) {
            return listed().values();
        }
        Map<Integer, AddedToken> all = older();
        all.putAll(fromFile);
        return all.values();
    }

    /** As {@link #addedTokens}, without those of a tokenizer.json: for folders that have none. */
    Map<Integer, AddedToken> addedTokens() {
        Map<Integer, AddedToken> all = older();
        if (config.has(LISTED)) {
            all.putAll(listed());
        }
        return all;
    }

    /** The file that gives the id its token. */
    Path fileOf(int id) { return folder.resolve(config.path(LISTED).has(String.valueOf(id)) ? FILE : ADDED); }

    private Map<Integer, AddedToken> listed() {
        Map<Integer, AddedToken> tokens = new TreeMap<>();
        JsonNode list = config.path(LISTED);
        if (!list.isObject()) {
            throw UserError.of(say("%s: %s is %s; expected an object of tokens by their ids", file(), LISTED, list));
        }
        list.properties().forEach(entry -> {
            if (!entry.getKey().matches("\\d{1,9}")) {
                throw UserError.of(say("%s: %s has the key '%s'; expected a token's id", file(), LISTED,
                        entry.getKey()));
            }
            int id = Integer.parseInt(entry.getKey());
            tokens.put(id, AddedToken.of(file() + " " + LISTED + " " + id, id, entry.getValue()));
        });
        return tokens;
    }

    private Map<Integer, AddedToken> older() {
        Path file = folder.resolve(ADDED);
        Set<String> special = new TreeSet<>();
        specialTokens().forEach(token -> special.add(token.content()));
        Map<Integer, AddedToken> tokens = new TreeMap<>();
        object(file).properties().forEach(entry -> {
            int id = entry.getValue().isInt() ? entry.getValue().asInt() : -1;
            if (id < 0) {
                throw UserError.of(say("%s: '%s' has the id %s; expected a number from 0 on", file, entry.getKey(),
                        entry.getValue()));
            }
            boolean isSpecial = special.contains(entry.getKey());
            tokens.put(id, new AddedToken(id, entry.getKey(), false, false, false, !isSpecial, isSpecial));
        });
        return tokens;
    }

    /** Tokens with a part to play, in the order in which transformers adds them. */
    List<AddedToken> specialTokens() {
        List<AddedToken> tokens = new ArrayList<>();
        PARTS.forEach(key -> named(key).ifPresent(named -> tokens.add(named.token())));
        config.properties().forEach(entry -> {
            boolean isToken = entry.getValue().isTextual() || entry.getValue().isObject();
            if (entry.getKey().endsWith("_token") && !PARTS.contains(entry.getKey()) && isToken) {
                tokens.add(token(file(), entry.getKey(), entry.getValue()));
            }
        });
        for (String key : EXTRA) {
            tokens.addAll(extra(file(), key, config.path(key)));
        }
        for (String key : EXTRA) {
            tokens.addAll(config.has(LISTED) ? List.of() : extra(folder.resolve(MAP), key, map.path(key)));
        }
        tokens.removeIf(token -> token.content().isEmpty());
        return tokens;
    }

    private static List<AddedToken> extra(Path file, String key, JsonNode value) {
        List<AddedToken> tokens = new ArrayList<>();
        if (value.isObject() || value.isArray()) {
            value.forEach(each -> tokens.add(token(file, key, each)));
        } else if (!value.isMissingNode() && !value.isNull()) {
            throw UserError.of(say("%s: %s is %s; expected a list of tokens", file, key, value));
        }
        return tokens;
    }

    /** What a chat template sees, by name: texts, or lists of texts. */
    public Map<String, Object> templateVariables() {
        Map<String, Object> seen = new LinkedHashMap<>();
        boolean listed = config.has(LISTED);
        collect(listed ? map : config, seen);
        collect(listed ? config : map, seen);
        return seen;
    }

    private static void collect(JsonNode settings, Map<String, Object> seen) {
        settings.properties().forEach(entry -> {
            if (entry.getKey().endsWith("_token")) {
                content(entry.getValue()).ifPresent(token -> seen.put(entry.getKey(), token));
            } else if (entry.getKey().equals("additional_special_tokens") && entry.getValue().isArray()) {
                List<String> all = new ArrayList<>();
                entry.getValue().forEach(token -> content(token).ifPresent(all::add));
                seen.put(entry.getKey(), all);
            }
        });
    }

    private static Optional<String> content(JsonNode token) {
        JsonNode text = token.isObject() ? token.path("content") : token;
        return text.isTextual() ? Optional.of(text.asText()) : Optional.empty();
    }
}
