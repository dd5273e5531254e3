package io.weft.objective;

import io.weft.settings.Section;

import static io.weft.problem.Translatable.text;

/** Supervised fine-tuning: the completions are learned, as they are. */
public record Sft() implements Likelihood {
    private static final Section<Sft> SECTION = Section.of("sft", new Sft(), text("learn the completions"));

    @Override public Section<Sft> section() { return SECTION; }
}
