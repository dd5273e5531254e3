package io.weft.app.serve;

import io.weft.generate.Generator;
import io.weft.token.Tokenizer;

/** A loaded model with all it takes to answer. Whoever serves it closes the tokenizer. */
public record ServedModel(Generator generator, Tokenizer tokenizer, PromptBuilder prompts) {}
