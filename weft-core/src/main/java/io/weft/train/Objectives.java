package io.weft.train;

import io.weft.extension.OpenTable;
import io.weft.objective.Classify;
import io.weft.objective.Distill;
import io.weft.objective.Objective;
import io.weft.objective.Pretrain;
import io.weft.objective.Reward;
import io.weft.objective.Sft;
import io.weft.objective.grpo.Grpo;
import io.weft.objective.preference.Cpo;
import io.weft.objective.preference.Dpo;
import io.weft.objective.preference.Kto;
import io.weft.objective.preference.Orpo;
import io.weft.objective.preference.SimPo;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Translatable.text;

/** The objectives that there are. A new one is a record and a line here; other jars add theirs. */
public final class Objectives {
    public static final OpenTable<Objective> TABLE = OpenTable.of(text("objective"), Objective.class, Objective::name,
            new Sft(),
            new Pretrain(),
            new Dpo(),
            new Kto(),
            new Orpo(),
            new SimPo(),
            new Cpo(),
            new Grpo(),
            new Classify(),
            new Reward(),
            new Distill());

    private Objectives() {}

    /** All, each with its defaults, in the order they are offered. */
    public static List<Objective> all() { return TABLE.all(); }

    public static Optional<Objective> find(String name) { return TABLE.find(name); }

    public static List<String> names() { return TABLE.names(); }
}
