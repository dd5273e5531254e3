package io.weft.data.augment;

import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.File;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.Variable;
import io.weft.settings.Values.WholeNumber;
import java.util.Optional;
import java.util.OptionalDouble;

import static io.weft.problem.Translatable.text;

/**
 * The model that says instructions in other words.
 *
 * @param model       a folder, or what a service calls its model
 * @param endpoint    the address of an OpenAI-compatible service
 * @param key         the environment variable that holds the service's key, never the key
 * @param temperature of the paraphrases; a yes or a no is asked at 0
 * @param atOnce      requests under way at the same time
 * @param answers     the file of answers by which nothing is paid twice; beside the training rows when not given
 */
public record ModelSource(Optional<String> model, Optional<String> endpoint, Optional<String> key,
        OptionalDouble temperature, int atOnce, Optional<String> answers) {
    private static final String EXAMPLE = "http://127.0.0.1:11434/v1";
    public static final ModelSource DEFAULTS = new ModelSource(Optional.empty(), Optional.empty(), Optional.empty(),
            OptionalDouble.empty(), 4, Optional.empty());
    public static final Section<ModelSource> SECTION = Section.within("source", DEFAULTS,
            Setting.of("model", new File(text("a folder, or a model's name")),
                    text("the folder of the model that paraphrases, or what the service at endpoint calls it"))
                    .optional("qwen2.5:7b", text("rules need none")),
            Setting.of("endpoint", new File(text("an http or https address")),
                    text("an OpenAI-compatible service, such as http://127.0.0.1:11434/v1"))
                    .optional(EXAMPLE, text("the model is a folder")),
            Setting.of("key", new Variable(),
                    text("the environment variable that holds the service's key; the key itself stands in no file"))
                    .optional("OPENAI_API_KEY", text("the service wants none")),
            Setting.of("temperature", new Number(0, false, 2, false), text("of the paraphrases"))
                    .optional("0.7", text("0.7 for a folder; a service its own")),
            Setting.of("atOnce", new WholeNumber(1, 256), text("requests to the service under way at the same time")),
            Setting.of("answers", new File(text("a file")),
                    text("where answers are kept, so that nothing is asked or paid twice"))
                    .optional("rows.answers.jsonl", text("beside the training rows")));

    public boolean isRemote() { return endpoint.isPresent(); }
}
