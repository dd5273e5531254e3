package io.weft.data.check.rule;

import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.Example;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.Verdict;
import io.weft.problem.Translatable;
import java.util.ArrayList;
import java.util.List;

import static io.weft.problem.Translatable.text;

/** Held-out rows that are trained on, too: the same prompt, or nearly the same row. */
final class Overlap implements Check {
    /** From one in a hundred the held-out loss is flattered beyond the differences that people act on. */
    private static final double WARN = 0.01, FAIL = 0.1;
    /** Fewer rows may meet by chance, however few are held out. */
    private static final int FEWEST_TO_FAIL = 3;

    @Override public String name() { return "overlap"; }

    @Override public Translatable title() { return text("Overlap of training and held-out rows"); }

    @Override public Translatable reason() {
        return text("warns from %s %% of the held-out rows, fails from %s %%: such rows measure memory and not skill, "
                + "and flatter every score", 1, 10);
    }

    @Override public boolean applies(CheckedData data) { return data.heldOut() > 0; }

    @Override public Judging on(CheckedData data) {
        return () -> {
            int exact = data.near().asked().count(), near = data.near().heldOut().count(), rows = exact + near;
            List<Example> examples = new ArrayList<>(data.near().asked().list());
            examples.addAll(data.near().heldOut().list());
            return Verdict.of(name(), Level.ofShare(rows, data.heldOut(), WARN,
                    rows < FEWEST_TO_FAIL ? Double.MAX_VALUE : FAIL),
                    rows == 0 ? text("no held-out row is trained on")
                    : text("%,d of %,d held-out rows are trained on, too: %,d ask the same, %,d say nearly the same",
                    rows, data.heldOut(), exact, near),
                    Figures.share(rows, data.heldOut()).and("samePrompt", exact).and("nearlySame", near).all())
                    .withExamples(examples).mendedBy("data.groupBy=prompt");
        };
    }
}
