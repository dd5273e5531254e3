package io.weft.tune;

import io.weft.extension.OpenTable;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Translatable.text;

/** The ways of tuning that there are. A new one is a record and a line here; other jars add theirs. */
public final class Tunings {
    public static final OpenTable<Tuning> TABLE = OpenTable.of(text("tuning method"), Tuning.class, Tuning::name,
            Lora.DEFAULTS,
            new Ia3(),
            Prefix.DEFAULTS,
            SoftPrompt.DEFAULTS,
            PTuning.DEFAULTS,
            Bottleneck.DEFAULTS,
            new Full(),
            new Freeze());

    private Tunings() {}

    /** All, each with its defaults, in the order they are offered; the first is the usual one. */
    public static List<Tuning> all() { return TABLE.all(); }

    public static Optional<Tuning> find(String name) { return TABLE.find(name); }
}
