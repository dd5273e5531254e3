package io.weft.token.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.file.JsonFile;
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
    static ChatTemplateFiles in(Path folder) {
        Path own = folder.resolve("chat_template.jinja"), config = folder.resolve("tokenizer_config.json"),
                map = folder.resolve("special_tokens_map.json");
        var settings = Files.exists(config) ? JsonFile.object(config) : JsonFile.JSON.createObjectNode();
        var tokens = new LinkedHashMap<String, Object>();
        if (Files.exists(map)) {
            tokens.putAll(specialTokens(JsonFile.object(map)));
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
