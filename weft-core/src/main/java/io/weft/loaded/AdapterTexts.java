package io.weft.loaded;

import io.weft.model.folder.ModelFolder;
import io.weft.model.folder.TextFiles;
import io.weft.problem.UserError;
import io.weft.token.ChatForms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * Which tokenizer, template and generation settings an adapter is spoken to with: those beside it, which trainers save
 * there, go before the base's, as in transformers' {@code AutoTokenizer.from_pretrained(adapter)}.
 */
final class AdapterTexts {
    /** What holds a whole tokenizer; a tokenizer_config.json alone is none. */
    private static final List<String> TOKENIZERS = List.of("tokenizer.json", "tokenizer.model");
    private static final String GENERATION = "generation_config.json";

    private AdapterTexts() {}

    static TextFiles of(Path adapter, Path base) {
        Path generation = Files.isRegularFile(adapter.resolve(GENERATION)) ? adapter : base;
        if (areThoseOf(base, adapter)) {
            return new TextFiles(base, base, generation, adapter);
        }
        boolean own = TOKENIZERS.stream().anyMatch(name -> Files.isRegularFile(adapter.resolve(name)));
        boolean template = ChatForms.of(adapter).isPresent() || own && ChatForms.of(base).isEmpty();
        return new TextFiles(own ? adapter : base, template ? adapter : base, generation, adapter);
    }

    /** Whether all files of the kind that lie beside the adapter are copies of the base's. */
    private static boolean areThoseOf(Path base, Path adapter) {
        return ModelFolder.TEXT_FILES.stream().filter(name -> Files.isRegularFile(adapter.resolve(name)))
                .allMatch(name -> Files.isRegularFile(base.resolve(name))
                && isSame(adapter.resolve(name), base.resolve(name)));
    }

    private static boolean isSame(Path a, Path b) {
        try {
            return Files.mismatch(a, b) < 0;
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", a, e.getMessage()), e);
        }
    }

    /** Says which files are used, where they are not the base's. */
    static Optional<String> note(TextFiles texts, Path base) {
        if (texts.tokenizer().equals(base) && texts.template().equals(base)) {
            return Optional.empty();
        }
        String template = ChatForms.of(texts.template()).isPresent() ? texts.template().toString() : say("none");
        return Optional.of(say("tokenizer: %s; chat template: %s. Files beside the adapter go before the base's",
                texts.tokenizer(), template));
    }
}
