package io.weft.data.check.rule;

import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.CheckedRow;
import io.weft.data.check.Example;
import io.weft.data.check.Examples;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.Verdict;
import io.weft.problem.Translatable;
import java.util.List;
import java.util.Map;

import static io.weft.problem.Translatable.text;

/** Lengths in characters, and, where no model is known yet, whether rows will be longer than the longest example. */
final class TextLength implements Check {
    /** Above it the cut ends of answers are a fair part of what a model would be asked for. */
    private static final double WARN = 0.05, FAIL = 0.5;
    /** No usual tokenizer takes more characters of English, or of Chinese, for a token. */
    private static final int LETTERS = 6, IDEOGRAPHS = 2;

    @Override public String name() { return "length"; }

    @Override public Translatable title() { return text("Length"); }

    @Override public Translatable reason() {
        return text("counts characters; warns where %s %% of the rows are longer than data.maxLength in any usual "
                + "tokenizer (%d letters or %d Chinese characters a token), fails from %s %%; with --model tokens are "
                + "counted instead", 5, LETTERS, IDEOGRAPHS, 50);
    }

    @Override public Judging on(CheckedData data) {
        return new Judging() {
            private final Examples long_ = new Examples();

            @Override public void add(CheckedRow row) {
                if (row.prompt() + row.answer() > IDEOGRAPHS * data.manifest().settings().maxLength()
                        && leastTokens(row) > data.manifest().settings().maxLength()) {
                    long_.add(Example.of(row.sample().place(),
                            Integer.toString(row.prompt() + row.answer())));
                }
            }

            @Override public Verdict verdict() { return of(data, long_); }
        };
    }

    /** So many tokens the row has at least. */
    private static long leastTokens(CheckedRow row) {
        long ideographs = row.sample().words().stream().mapToLong(text -> text.codePoints()
                .filter(Character::isIdeographic).count()).sum();
        return (row.prompt() + row.answer() - ideographs) / LETTERS + ideographs / IDEOGRAPHS;
    }

    private Verdict of(CheckedData data, Examples tooLong) {
        Map<String, Object> figures = Figures.share(tooLong.count(), data.rows())
                .and("promptMedian", data.prompts().quantile(0.5)).and("promptLongest", data.prompts().quantile(1))
                .and("answerMedian", data.answers().quantile(0.5)).and("answer95", data.answers().quantile(0.95))
                .and("answerLongest", data.answers().quantile(1)).all();
        Level level = data.tokens().isPresent() ? Level.PASS
                : Level.ofShare(tooLong.count(), data.rows(), WARN, FAIL);
        Translatable said = text("half of the answers have up to %,d characters, 95 %% up to %,d, the longest %,d; "
                + "half "
                + "of the prompts %,d, the longest %,d", data.answers().quantile(0.5), data.answers().quantile(0.95),
                data.answers().quantile(1), data.prompts().quantile(0.5), data.prompts().quantile(1));
        return Verdict.of(name(), level, level == Level.PASS ? said
                : text("%,d of %,d rows are longer than %,d tokens, whatever the tokenizer", tooLong.count(),
                data.rows(), data.manifest().settings().maxLength()), figures)
                .withExamples(level == Level.PASS ? List.of() : tooLong.list())
                .mendedBy("data.maxLength=" + Math.min(1 << 20, 2 * data.manifest().settings().maxLength()));
    }
}
