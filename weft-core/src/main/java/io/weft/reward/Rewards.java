package io.weft.reward;

import io.weft.extension.OpenTable;

import static io.weft.problem.Translatable.text;

/** The rewards that there are. A new one is a record and a line here; other jars add theirs. */
public final class Rewards {
    public static final OpenTable<Reward> TABLE = OpenTable.of(text("reward"), Reward.class, Reward::name,
            new ExactMatch(),
            new Regex(),
            new JsonSchema(),
            new Length(),
            new Language());

    private Rewards() {}
}
