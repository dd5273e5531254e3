package io.weft.model.family;

import io.weft.extension.OpenTable;
import io.weft.model.Architecture;
import io.weft.model.HfConfig;
import io.weft.problem.UserError;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/** The model families that there are. A new one is a file and a line here; other jars add theirs. */
public final class Architectures {
    private static final OpenTable<Architecture> TABLE = OpenTable.of(text("model family"), Architecture.class,
            family -> new TreeSet<>(family.modelTypes()).first(),
            new Llama(),
            new Qwen2(),
            new Qwen3(),
            new Mistral(),
            new ChatGlm(),
            new Glm(),
            new Glm4(),
            new Phi3(),
            new Olmo2(),
            new Granite(),
            new SmolLm3(),
            new Gemma2(),
            new Gemma3(),
            new Gpt2(),
            new Mixtral(),
            new Qwen3Moe());

    private Architectures() {}

    /** All, those of other jars last. */
    public static List<Architecture> all() { return TABLE.all(); }

    /** @throws UserError when no family builds this model_type, naming those that are known */
    public static Architecture of(HfConfig config) {
        return named(config.modelType()).orElseThrow(() -> UserError.of(
                say("%s: Weft does not know the model family \"%s\" yet; it knows %s", config.file(),
                config.modelType(), known())));
    }

    private static Optional<Architecture> named(String modelType) {
        return all().stream().filter(family -> family.modelTypes().contains(modelType)).findFirst();
    }

    /** Comma-separated model types. */
    public static String known() {
        return all().stream().flatMap(family -> family.modelTypes().stream().sorted())
                .collect(Collectors.joining(", "));
    }
}
