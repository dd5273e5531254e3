package io.weft.data.check.rule;

import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.Figures;
import io.weft.data.check.Labels;
import io.weft.data.check.Level;
import io.weft.data.check.Verdict;
import io.weft.problem.Translatable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static io.weft.problem.Translatable.text;

/** Whether a label, or a mark of good and bad, stands far more seldom than others. */
final class LabelBalance implements Check {
    /**
     * A label below a quarter of its even share: of two labels, less than one row in eight. A model that never says it
     * is then right more often than many trained ones, and learns not to.
     */
    private static final int WARN_BELOW = 4;

    @Override public String name() { return "labelBalance"; }

    @Override public Translatable title() { return text("Balance of labels"); }

    @Override public Translatable reason() {
        return text("warns where a label has less than a quarter of its even share (of two labels: less than one row "
                + "in eight), since never saying it is then nearly always right; fails where there is one label only");
    }

    @Override public Judging on(CheckedData data) {
        return () -> {
            List<Labels.Count> counts = data.labels().counts();
            if (counts.isEmpty()) {
                return Verdict.of(name(), Level.PASS, text("the answers are no labels"), Map.of());
            }
            return of(counts, counts.stream().mapToLong(Labels.Count::rows).sum());
        };
    }

    private Verdict of(List<Labels.Count> counts, long rows) {
        Labels.Count most = counts.get(0), least = counts.get(counts.size() - 1);
        Map<String, Integer> all = new LinkedHashMap<>();
        counts.forEach(count -> all.put(count.label(), count.rows()));
        Level level = counts.size() == 1 ? Level.FAIL
                : (long) least.rows() * WARN_BELOW * counts.size() < rows ? Level.WARN : Level.PASS;
        Translatable said = counts.size() == 1
                ? text("all %,d rows have the same label, \"%s\": there is nothing to tell apart", rows, most.label())
                : text("%,d labels, from \"%s\" (%,d rows) to \"%s\" (%,d rows)", counts.size(), most.label(),
                most.rows(), least.label(), least.rows());
        Verdict verdict = Verdict.of(name(), level, said, Figures.of("labels", counts.size()).and("rows", rows)
                .and("ratio", Figures.rounded((double) most.rows() / least.rows())).and("counts", all).all());
        return counts.size() == 1 ? verdict
                : verdict.mendedBy("data.mend.balance.how=oversample");
    }
}
