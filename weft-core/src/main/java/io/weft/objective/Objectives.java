package io.weft.objective;

import java.util.List;
import java.util.Optional;

/** The objectives that there are. */
public final class Objectives {
    private static final List<Objective> BUILT_IN = List.of(Likelihood.SFT, Likelihood.PRETRAIN);

    private Objectives() {}

    /** All, in the order they are offered. */
    public static List<Objective> all() { return BUILT_IN; }

    public static Optional<Objective> find(String name) {
        return all().stream().filter(objective -> objective.name().equals(name)).findFirst();
    }

    public static List<String> names() { return all().stream().map(Objective::name).toList(); }
}
