package io.weft.token.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import io.weft.token.read.TokenizerConfig;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
        Path own = folder.resolve("chat_template.jinja"), config = folder.resolve("tokenizer_config.json");
        var settings = Files.exists(config) ? JsonFile.object(config) : JsonFile.JSON.createObjectNode();
        Map<String, Object> tokens = TokenizerConfig.in(folder).templateVariables();
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
