package io.weft.model.family;

import io.weft.model.Architecture;
import io.weft.model.HfConfig;
import io.weft.problem.UserError;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/** The model families that Weft knows. */
public final class Architectures {
    public static final List<Architecture> BUILT_IN = List.of(new Llama(), new Qwen2(), new Qwen3(), new Mistral(),
            new ChatGlm(), new Glm(), new Glm4(), new Phi3(),
            new Olmo2(),
            new Granite(),
            new SmolLm3(),
            new Gemma2(), new Gemma3(), new Gpt2(), new Mixtral(), new Qwen3Moe());

    private Architectures() {}

    /** @throws UserError when no family builds this model_type, naming those that are known */
    public static Architecture of(HfConfig config) {
        return named(config.modelType()).orElseThrow(() -> UserError.of(
                say("%s: Weft does not know the model family \"%s\" yet; it knows %s", config.file(),
                config.modelType(), known())));
    }

    static Optional<Architecture> named(String modelType) {
        return BUILT_IN.stream().filter(a -> a.modelTypes().contains(modelType)).findFirst();
    }

    /** Comma-separated model types. */
    public static String known() {
        return BUILT_IN.stream().flatMap(a -> a.modelTypes().stream().sorted()).collect(Collectors.joining(", "));
    }
}
