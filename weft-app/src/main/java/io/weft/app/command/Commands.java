package io.weft.app.command;

import java.util.List;
import java.util.function.Supplier;

/** Every command, in the order in which the help lists them. */
public final class Commands {
    private static final List<Supplier<Command>> BUILT_IN = List.of(Quickstart::new, Doctor::new, Init::new, Pull::new,
            Show::new, Train::new, Resume::new, Evaluate::new, Generate::new, Chat::new,
            Serve::new, ExportModel::new);

    private Commands() {}

    /** Fresh ones, in the language of the process. */
    public static List<Command> all() { return BUILT_IN.stream().map(Supplier::get).toList(); }
}
