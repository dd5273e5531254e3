package io.weft.objective;

import io.weft.settings.Section;

import static io.weft.problem.Translatable.text;

/** Every token of plain text is learned, by every weight. */
public record Pretrain() implements Likelihood {
    private static final Section<Pretrain> SECTION = Section.of("pretrain", new Pretrain(),
            text("learn every token of plain text"));

    @Override public Section<Pretrain> section() { return SECTION; }

    @Override public boolean trainsEveryWeight() { return true; }
}
