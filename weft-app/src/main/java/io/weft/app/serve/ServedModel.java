package io.weft.app.serve;

import io.weft.generate.Generator;
import io.weft.generate.Prompt;
import io.weft.generate.RowReader;
import io.weft.loaded.LoadedModel;
import io.weft.nn.Readout;
import io.weft.token.Tokenizer;

/**
 * A loaded model with all it takes to answer. Whoever serves it closes the tokenizer.
 *
 * @param generator that answers, or null where the model reads rows
 * @param reader    of rows, or null where the model generates
 */
public record ServedModel(Generator generator, RowReader reader, int contextLength, Tokenizer tokenizer,
        PromptBuilder prompts) {
    /** One that generates. */
    public ServedModel(Generator generator, Tokenizer tokenizer, PromptBuilder prompts) {
        this(generator, null, generator.contextLength(), tokenizer, prompts);
    }

    /** One that is asked, and ends its answers, as it was tuned. */
    public static ServedModel of(LoadedModel loaded) {
        PromptBuilder prompts = PromptBuilder.of(loaded.wording().encoder(), loaded.wording().style());
        return loaded.model().readout().isOfRows()
                ? new ServedModel(null, loaded.reader(), loaded.contextLength(), loaded.wording().tokenizer(), prompts)
                : new ServedModel(loaded.generator(), loaded.wording().tokenizer(), prompts);
    }

    /** What the model says. */
    Readout readout() { return reader == null ? Readout.TOKENS : Readout.ofRows(reader.labels().size()); }

    /** @throws io.weft.problem.UserError when the model cannot take the prompt */
    void require(Prompt prompt) {
        if (reader == null) {
            generator.require(prompt);
        } else {
            reader.require(prompt.ids(), contextLength);
        }
    }
}
