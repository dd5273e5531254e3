package io.weft.diagnose.rule;

import io.weft.diagnose.Diagnosis;
import io.weft.diagnose.Evidence;
import io.weft.diagnose.Rule;
import io.weft.extension.OpenTable;
import java.nio.file.Path;
import java.util.List;

import static io.weft.problem.Translatable.text;

/** The rules that there are. A new one is a class and a line here; other jars add theirs. */
public final class Rules {
    public static final OpenTable<Rule> TABLE = OpenTable.of(text("rule of diagnosis"), Rule.class, Rule::name,
            new FlatLoss(),
            new DeadAdapter(),
            new LongWarmup(),
            new RateOutOfRange(),
            new WorseResult(),
            new DegenerateAnswers(),
            new WrongTemplate(),
            new EndlessAnswers(),
            new OutOfMemory(),
            new Overfitting(),
            new SlowTraining(),
            new LossSpikes(),
            new RisingLoss(),
            new NotFinite(),
            new Truncation(),
            new SmallHeldOut(),
            new BrokenOff());

    private Rules() {}

    public static List<Rule> all() { return TABLE.all(); }

    /**
     * What all of them say of a run of a single training.
     *
     * @throws io.weft.problem.UserError when the folder is none, or its files cannot be read
     */
    public static Diagnosis diagnose(Path run) { return Diagnosis.of(Evidence.of(run), all()); }
}
