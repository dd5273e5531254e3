package io.weft.data.check.rule;

import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.TokenFigures;
import io.weft.data.check.Verdict;
import io.weft.problem.Translatable;

import static io.weft.problem.Translatable.text;

/** Lengths in the model's tokens, and whether its tokenizer knows the language of the rows. */
final class TokenLengths implements Check {
    /**
     * English takes a quarter of a token a character and Chinese six or seven tenths where a tokenizer knows them; from
     * one a character it spells most of them out, from two byte by byte.
     */
    private static final double WARN = 1, FAIL = 2;

    @Override public String name() { return "tokenLengths"; }

    @Override public Translatable title() { return text("Lengths in tokens"); }

    @Override public Translatable reason() {
        return text("warns from %s token a character, fails from %s: the tokenizer then spells the text out, the model "
                + "has hardly read its language, and a row costs several times its length", 1, 2);
    }

    @Override public boolean applies(CheckedData data) { return data.tokens().isPresent(); }

    @Override public Judging on(CheckedData data) {
        TokenFigures tokens = data.tokens().orElseThrow();
        double each = tokens.characters() == 0 ? 0 : (double) tokens.tokens() / tokens.characters();
        return () -> Verdict.of(name(), each >= FAIL ? Level.FAIL : each >= WARN ? Level.WARN : Level.PASS,
                text("half of the rows up to %,d tokens, 95 %% up to %,d, the longest %,d; %.2f tokens a character",
                tokens.quantile(50), tokens.quantile(95), tokens.quantile(100), each),
                Figures.of("median", tokens.quantile(50)).and("p95", tokens.quantile(95))
                .and("longest", tokens.quantile(100)).and("tokens", tokens.tokens())
                .and("tokensPerCharacter", Figures.rounded(each)).all());
    }
}
