package io.weft.model.folder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.AtomicFile;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * The files beside the weights that make a folder whole for other tools and for lawyers. Each JSON file is read before
 * it is copied, so that a broken one is told by the name under which the user has it.
 */
final class CompanionFiles {
    private static final String TEMPLATE = "chat_template.jinja", TOKENIZER_CONFIG = "tokenizer_config.json",
            TEMPLATE_KEY = "chat_template";
    /** Of all tokenizers that transformers has, whether Weft reads them or not. */
    private static final Pattern TOKENIZER = Pattern.compile("tokenizer.*\\.(?:json|model)|tokenizer\\.model\\..+|"
            + "special_tokens_map\\.json|added_tokens\\.json|vocab\\.(?:json|txt)|merges\\.txt|tekken\\.json|"
            + "(?:spiece|sentencepiece\\.bpe)\\.model|.+\\.tiktoken|tokenization_.+\\.py");
    private static final Pattern TEMPLATES = Pattern.compile("chat_template\\.(?:jinja|json)|.+\\.jinja");
    private static final Pattern LICENCE = Pattern.compile(
            "(?i)(?:.+[_-])?(?:licen[cs]e|notice|use_policy|copying|copyright|attribution)(?:[._-].*)?");
    /** Where transformers keeps templates beside the usual one. */
    private static final String MORE_TEMPLATES = "additional_chat_templates";

    private CompanionFiles() {}

    /** Tokenizer and template as they are used, each from its folder. */
    static void copyTexts(TextFiles texts, Path target) {
        copy(texts.tokenizer(), TOKENIZER, target);
        copy(texts.template(), TEMPLATES, target);
        Path more = texts.template().resolve(MORE_TEMPLATES);
        if (Files.isDirectory(more)) {
            copy(more, TEMPLATES, target.resolve(MORE_TEMPLATES));
        }
        if (!texts.template().equals(texts.tokenizer()) && !Files.exists(target.resolve(TEMPLATE))) {
            copyTemplateKey(texts.template().resolve(TOKENIZER_CONFIG), target.resolve(TOKENIZER_CONFIG));
        }
    }

    /** A template that stands in one tokenizer_config.json goes into the other. */
    private static void copyTemplateKey(Path from, Path to) {
        JsonNode template = JsonFile.optional(from).path(TEMPLATE_KEY);
        if (!template.isMissingNode() && !template.isNull()) {
            ObjectNode config = Files.exists(to) ? JsonFile.object(to) : JsonFile.JSON.createObjectNode();
            config.set(TEMPLATE_KEY, template);
            AtomicFile.write(to, config.toPrettyString() + "\n");
        }
    }

    /** Licences and notices of the base, and those of an adapter under names of their own where they differ. */
    static void copyLicences(Path base, Path adapter, Path target) {
        copy(base, LICENCE, target);
        for (Path file : adapter.equals(base) ? List.<Path>of() : matching(adapter, LICENCE)) {
            Path taken = target.resolve(file.getFileName().toString());
            boolean differs = Files.exists(taken) && !Arrays.equals(bytes(taken), bytes(file));
            copy(file, differs ? target.resolve("adapter-" + file.getFileName()) : taken);
        }
    }

    /**
     * The code of families that transformers has none for: other tools look for it where config.json's auto_map says,
     * beside the weights. Weft reads none of it.
     */
    static void copyCode(Path folder, Path target) { copy(folder, Pattern.compile(".+\\.py"), target); }

    private static void copy(Path folder, Pattern names, Path target) {
        matching(folder, names).forEach(file -> copy(file, target.resolve(file.getFileName().toString())));
    }

    /** @throws UserError naming the file, when it cannot be read or is a broken JSON file */
    static void copy(Path file, Path target) {
        if (file.toString().endsWith(".json")) {
            JsonFile.read(file);
        }
        try {
            Files.createDirectories(target.getParent());
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(target, e);
        }
        AtomicFile.write(target, bytes(file));
    }

    private static List<Path> matching(Path folder, Pattern names) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> names.matcher(file.getFileName().toString()).matches())
                    .filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", folder, e.getMessage()), e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }
}
