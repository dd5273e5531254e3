package io.weft.data.check.rule;

import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.TokenFigures;
import io.weft.data.check.Verdict;
import io.weft.problem.Translatable;

import static io.weft.problem.Translatable.text;

/** Rows of which no token is learned: refused by the chat template, or with nothing left of their answer. */
final class NothingLearned implements Check {
    /** They do no harm, but whoever counts on them should know. */
    private static final double WARN = 0.005, FAIL = 0.2;

    @Override public String name() { return "nothingLearned"; }

    @Override public Translatable title() { return text("Rows with nothing to learn"); }

    @Override public Translatable reason() {
        return text("rows that the chat template refuses, and rows of whose answer nothing is left; warns from %s %%, "
                + "fails from %s %%: they are read and teach nothing", 0.5, 20);
    }

    @Override public boolean applies(CheckedData data) { return data.tokens().isPresent(); }

    @Override public Judging on(CheckedData data) {
        TokenFigures tokens = data.tokens().orElseThrow();
        int empty = tokens.counts().empty(), refused = tokens.counts().refused();
        return () -> Verdict.of(name(), Level.ofShare(empty + refused, tokens.rows(), WARN, FAIL),
                empty + refused == 0 ? text("something is learned of every row that is not left out")
                : text("of %,d of %,d rows nothing is learned: %,d refused by the chat template, %,d without an answer",
                empty + refused, tokens.rows(), refused, empty),
                Figures.share(empty + refused, tokens.rows()).and("refused", refused).and("empty", empty).all())
                .withExamples(tokens.examples("empty", "refused"))
                .mendedBy(refused > empty ? "data.prompt=tutorial" : "data.overLength=cut");
    }
}
