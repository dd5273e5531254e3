package io.weft.objective;

import io.weft.extension.OpenTable;
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
            new Cpo());

    private Objectives() {}

    /** All, each with its defaults, in the order they are offered. */
    public static List<Objective> all() { return TABLE.all(); }

    public static Optional<Objective> find(String name) { return TABLE.find(name); }

    public static List<String> names() { return TABLE.names(); }
}
