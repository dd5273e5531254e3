package io.weft.data.mend.step;

import io.weft.data.mend.Balance;
import io.weft.data.mend.Clean;
import io.weft.data.mend.Dedupe;
import io.weft.data.mend.MendStep;
import io.weft.extension.OpenTable;
import java.util.Comparator;
import java.util.List;

import static io.weft.problem.Translatable.text;

/**
 * The steps that there are, in the order in which they run within their kind. A new one is a record and a line here;
 * other jars add theirs.
 */
public final class MendSteps {
    public static final OpenTable<MendStep> TABLE = OpenTable.of(text("mending step"), MendStep.class, MendStep::name,
            new Clean(),
            new Mask(),
            new Dedupe(),
            new DecideRows(),
            new Augment(),
            new Balance());

    private MendSteps() {}

    /** The steps in the order in which they run, however they were named. */
    public static List<MendStep> inOrder(List<MendStep> steps) {
        List<String> names = TABLE.names();
        return steps.stream().sorted(Comparator.comparingInt(step -> names.indexOf(step.name()))).toList();
    }
}
