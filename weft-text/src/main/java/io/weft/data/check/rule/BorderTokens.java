package io.weft.data.check.rule;

import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.TokenFigures;
import io.weft.data.check.Verdict;
import io.weft.problem.Translatable;

import static io.weft.problem.Translatable.text;

/** Tokens that hold the end of the prompt and the beginning of the answer. */
final class BorderTokens implements Check {
    /** Each such row asks with other tokens than were trained, so that from one in a hundred answers begin oddly. */
    private static final double WARN = 0.01, FAIL = 0.5;

    @Override public String name() { return "borderTokens"; }

    @Override public Translatable title() { return text("Tokens over the border of prompt and answer"); }

    @Override public Translatable reason() {
        return text("rows whose answer loses its beginning to a token of the prompt (data.border: joined); warns from "
                + "%s %%, fails from %s %%; exact borders lose nothing", 1, 50);
    }

    @Override public boolean applies(CheckedData data) { return data.tokens().isPresent(); }

    @Override public Judging on(CheckedData data) {
        TokenFigures tokens = data.tokens().orElseThrow();
        int joined = tokens.counts().joined(), moved = tokens.counts().moved();
        return () -> Verdict.of(name(), Level.ofShare(joined, tokens.rows(), WARN, FAIL),
                joined > 0 ? text("%,d of %,d answers lose their beginning to a token of the prompt", joined,
                tokens.rows())
                : moved > 0 ? text("%,d answers are encoded apart from their prompts, and none loses its beginning",
                moved) : text("no token holds of both"),
                Figures.share(joined, tokens.rows()).and("encodedApart", moved).all())
                .withExamples(tokens.examples("joined")).mendedBy("data.border=exact");
    }
}
