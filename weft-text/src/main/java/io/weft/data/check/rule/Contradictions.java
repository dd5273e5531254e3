package io.weft.data.check.rule;

import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Preference;
import io.weft.data.Text;
import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.Example;
import io.weft.data.check.Examples;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.Verdict;
import io.weft.problem.Translatable;
import java.util.List;
import java.util.OptionalDouble;

import static io.weft.problem.Translatable.text;

/** Rows that answer the same differently. */
final class Contradictions implements Check {
    /** Of labels, two in a hundred that contradict each other are as much as a good classifier errs. */
    private static final double LABELS_WARN = 0.005, LABELS_FAIL = 0.1;
    /** A question may have several good answers in free words. */
    private static final double WARN = 0.02, FAIL = 0.3;

    @Override public String name() { return "contradictions"; }

    @Override public Translatable title() { return text("Label consistency"); }

    @Override public Translatable reason() {
        return text("of labels, marks and preferences it warns from %s %% of the rows and fails from %s %%; "
                + "of free answers, of which several may be good, from %s %% and %s %%", 0.5, 10, 2, 30);
    }

    @Override public boolean applies(CheckedData data) { return data.kind() != Text.class; }

    @Override public Judging on(CheckedData data) {
        return () -> {
            boolean strict = data.labels().areThere() || data.kind() == Preference.class || data.kind() == Judged.class
                    || data.kind() == Labelled.class;
            int rows = data.repeats().conflictingRows();
            List<Example> examples = data.repeats().conflicts(Examples.MOST, 2).stream()
                    .map(each -> Example.of(each.rows().get(0).place(), each.rows().get(1).place(),
                    OptionalDouble.empty(), "")).toList();
            return Verdict.of(name(), Level.ofShare(rows, data.rows(), strict ? LABELS_WARN : WARN,
                    strict ? LABELS_FAIL : FAIL), said(data, rows), Figures.share(rows, data.rows())
                    .and("subjects", data.repeats().conflicts()).and("strict", strict).all())
                    .withExamples(examples).mendedBy("data.mend.decisions=decisions.csv");
        };
    }

    private static Translatable said(CheckedData data, int rows) {
        int subjects = data.repeats().conflicts();
        return rows == 0 ? text("no two rows contradict each other")
                : data.kind() == Preference.class ? text("%,d pairs of answers are preferred both ways (%,d rows)",
                subjects, rows)
                : data.kind() == Judged.class ? text("%,d answers are marked both good and bad (%,d rows)", subjects,
                rows)
                : data.kind() == Labelled.class ? text("%,d texts have different labels (%,d rows)", subjects, rows)
                : text("%,d prompts have different answers (%,d rows)", subjects, rows);
    }
}
