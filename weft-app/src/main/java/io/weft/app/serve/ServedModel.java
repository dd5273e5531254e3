package io.weft.app.serve;

import io.weft.generate.Generator;
import io.weft.generate.RowReader;
import io.weft.loaded.LoadedModel;
import io.weft.nn.Readout;
import io.weft.token.Tokenizer;
import java.util.Optional;

/**
 * A loaded model with all it takes to answer. Whoever serves it closes the tokenizer.
 *
 * @param generator that answers, or null where the model reads rows
 * @param reader    of rows, or null where the model generates
 * @param loaded    what it was made of, where adapters can be opened beside it
 */
public record ServedModel(Generator generator, RowReader reader, int contextLength, Tokenizer tokenizer,
        PromptBuilder prompts, Optional<LoadedModel> loaded) {
    /** One that stands alone. */
    public ServedModel(Generator generator, RowReader reader, int contextLength, Tokenizer tokenizer,
            PromptBuilder prompts) {
        this(generator, reader, contextLength, tokenizer, prompts, Optional.empty());
    }

    /** One that generates. */
    public ServedModel(Generator generator, Tokenizer tokenizer, PromptBuilder prompts) {
        this(generator, null, generator.contextLength(), tokenizer, prompts);
    }

    /** One that is asked, and ends its answers, as it was tuned. */
    public static ServedModel of(LoadedModel loaded) {
        PromptBuilder prompts = PromptBuilder.of(loaded.wording().encoder(), loaded.wording().style());
        boolean reads = loaded.model().readout().isOfRows();
        Generator generator = reads ? null : loaded.generator();
        return new ServedModel(generator, reads ? loaded.reader() : null,
                reads ? loaded.contextLength() : generator.contextLength(), loaded.wording().tokenizer(), prompts,
                Optional.of(loaded));
    }

    /** What the model says. */
    Readout readout() { return reader == null ? Readout.TOKENS : Readout.ofRows(reader.labels().size()); }
}
