package io.weft.app.option;

import io.weft.loaded.LoadedModel;
import io.weft.token.encode.HardPrompt;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

import static io.weft.problem.Language.say;

/** {@code --prompt}: a text in front of every request, alike in every command that asks a model something. */
public final class PromptOption {
    @Option(names = "--prompt", paramLabel = "FILE", descriptionKey = "prompt") private Path file;
    private HardPrompt read;

    /** The prompt that was asked for. @throws io.weft.problem.UserError when its file cannot be used */
    public Optional<HardPrompt> read() {
        read = file == null ? null : read == null ? HardPrompt.read(file) : read;
        return Optional.ofNullable(read);
    }

    /** The model behind the prompt. @throws io.weft.problem.UserError when its context is too short for it */
    public LoadedModel before(LoadedModel model) {
        try {
            return read().map(model::behind).orElse(model);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** A sentence for people, where there is a prompt. */
    public Optional<String> told() {
        return read().map(prompt -> say("the text of %s stands before every request", file));
    }
}
