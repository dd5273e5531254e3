package io.weft.data.check.rule;

import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.TokenFigures;
import io.weft.data.check.Verdict;
import io.weft.problem.Translatable;

import static io.weft.problem.Translatable.text;

/** Rows that are longer in tokens than an example may be. */
final class Truncation implements Check {
    /** From one in a hundred, answers without an end are often enough to be copied. */
    private static final double WARN = 0.01, FAIL = 0.2;
    private static final int STEP = 64, MOST = 99;

    @Override public String name() { return "truncation"; }

    @Override public Translatable title() { return text("Truncation"); }

    @Override public Translatable reason() {
        return text("rows that are cut or left out since they are longer than data.maxLength; warns from %s %%, fails "
                + "from %s %%: an answer that was cut teaches a model not to end", 1, 20);
    }

    @Override public boolean applies(CheckedData data) { return data.tokens().isPresent(); }

    @Override public Judging on(CheckedData data) {
        TokenFigures tokens = data.tokens().orElseThrow();
        int cut = tokens.counts().cut(), dropped = tokens.counts().dropped();
        return () -> Verdict.of(name(), Level.ofShare(cut + dropped, tokens.rows(), WARN, FAIL),
                cut + dropped == 0 ? text("every row fits into %,d tokens", tokens.maxLength())
                : text("%,d of %,d rows are longer than %,d tokens: %,d cut, %,d left out", cut + dropped,
                tokens.rows(), tokens.maxLength(), cut, dropped),
                Figures.share(cut + dropped, tokens.rows()).and("cut", cut).and("dropped", dropped)
                .and("maxLength", tokens.maxLength()).and("longest", tokens.quantile(100)).all())
                .withExamples(tokens.examples("cut", "dropped")).mendedBy(remedy(tokens));
    }

    /** A length that holds 99 % of the rows, or all where that is not much more; without room for it, leaving out. */
    private static String remedy(TokenFigures tokens) {
        int most = tokens.context() == 0 ? Integer.MAX_VALUE : tokens.context();
        int all = up(tokens.quantile(100)), nearlyAll = up(tokens.quantile(MOST));
        int length = all <= 2 * tokens.maxLength() ? all : nearlyAll;
        return Math.min(length, most) > tokens.maxLength() ? "data.maxLength=" + Math.min(length, most)
                : "data.overLength=drop";
    }

    private static int up(int length) { return (length + STEP - 1) / STEP * STEP; }
}
