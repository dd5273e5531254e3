package io.weft.app.serve;

import io.weft.LoadedModel;
import io.weft.generate.Generator;
import io.weft.token.Tokenizer;

/** A loaded model with all it takes to answer. Whoever serves it closes the tokenizer. */
public record ServedModel(Generator generator, Tokenizer tokenizer, PromptBuilder prompts) {
    /** One that is asked, and ends its answers, as it was tuned. */
    public static ServedModel of(LoadedModel loaded) {
        return new ServedModel(loaded.generator(), loaded.wording().tokenizer(),
                PromptBuilder.of(loaded.wording().encoder(), loaded.wording().style()));
    }
}
