package io.weft.token;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * What a Hugging Face folder says about its chat template.
 *
 * @param name the file that holds it
 * @param specialTokens variables by name: strings, or lists of strings
 */
record ChatTemplateFiles(String name, Optional<String> source, Map<String, Object> specialTokens) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static ChatTemplateFiles in(Path folder) {
        Path own = folder.resolve("chat_template.jinja"), config = folder.resolve("tokenizer_config.json"),
                map = folder.resolve("special_tokens_map.json");
        var settings = Files.exists(config) ? json(config) : JSON.createObjectNode();
        var tokens = new LinkedHashMap<String, Object>();
        if (Files.exists(map)) {
            tokens.putAll(specialTokens(json(map)));
        }
        tokens.putAll(specialTokens(settings));
        return Files.exists(own) ? new ChatTemplateFiles(own.toString(), Optional.of(read(own)), tokens)
            : new ChatTemplateFiles(config + " chat_template", source(config, settings.path("chat_template")), tokens);
    }

    /** A string, or a list of {name, template} of which the one named "default" counts. */
    private static Optional<String> source(Path file, JsonNode template) {
        if (template.isMissingNode() || template.isNull()) {
            return Optional.empty();
        } else if (template.isTextual()) {
            return Optional.of(template.asText());
        }
        var names = new ArrayList<String>();
        for (var named : template) {
            names.add(named.path("name").asText());
            if (named.path("name").asText().equals("default") && named.path("template").isTextual()) {
                return Optional.of(named.get("template").asText());
            }
        }
        throw UserError.of(say("%s: chat_template is neither a string nor a list with a template named default (it "
                + "has %s)", file, names.isEmpty() ? template.getNodeType() : String.join(", ", names)));
    }

    /**
     * bos_token, eos_token and their like, each a string or an object with its content, and additional_special_tokens.
     */
    private static Map<String, Object> specialTokens(JsonNode settings) {
        var tokens = new LinkedHashMap<String, Object>();
        settings.properties().forEach(entry -> {
            if (entry.getKey().endsWith("_token")) {
                content(entry.getValue()).ifPresent(token -> tokens.put(entry.getKey(), token));
            } else if (entry.getKey().equals("additional_special_tokens") && entry.getValue().isArray()) {
                List<String> all = new ArrayList<>();
                entry.getValue().forEach(token -> content(token).ifPresent(all::add));
                tokens.put(entry.getKey(), all);
            }
        });
        return tokens;
    }

    private static Optional<String> content(JsonNode token) {
        var text = token.isObject() ? token.path("content") : token;
        return text.isTextual() ? Optional.of(text.asText()) : Optional.empty();
    }

    private static JsonNode json(Path file) {
        try {
            var node = JSON.readTree(read(file));
            if (node.isObject()) {
                return node;
            }
            throw UserError.of(say("%s should hold a JSON object, found %s", file, node.getNodeType()));
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw UserError.of(say("%s line %d is not JSON: %s", file, line, e.getOriginalMessage()), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw UserError.of(say("%s is not UTF-8 text; save it as UTF-8", file), e);
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }
}
