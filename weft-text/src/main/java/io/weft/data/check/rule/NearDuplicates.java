package io.weft.data.check.rule;

import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.Example;
import io.weft.data.check.Examples;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.NearPass;
import io.weft.data.check.Verdict;
import io.weft.problem.Translatable;
import java.util.List;

import static io.weft.problem.Translatable.text;

/** Training rows that say nearly what another one says. */
final class NearDuplicates implements Check {
    /** Twice the share of exact ones: rows that were varied on purpose are among them. */
    private static final double WARN = 0.02, FAIL = 0.3;

    @Override public String name() { return "nearDuplicates"; }

    @Override public Translatable title() { return text("Near duplicates"); }

    @Override public Translatable reason() {
        return text("rows whose runs of characters agree to %s (Jaccard); warns from %s %% of the training rows, fails "
                + "from %s %%: they add little and are learned by heart, but may have been varied on purpose",
                NearPass.SIMILARITY, 2, 30);
    }

    @Override public Judging on(CheckedData data) {
        return () -> {
            Examples near = data.near().train();
            List<Example> examples = near.list();
            return Verdict.of(name(), Level.ofShare(near.count(), data.train(), WARN, FAIL),
                    near.count() == 0 ? text("no training row nearly repeats another")
                    : text("%,d of %,d training rows say nearly what another one says", near.count(), data.train()),
                    Figures.share(near.count(), data.train()).and("similarity", NearPass.SIMILARITY).all())
                    .withExamples(examples).mendedBy("data.mend.dedupe=near");
        };
    }
}
