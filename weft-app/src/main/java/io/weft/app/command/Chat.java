package io.weft.app.command;

import io.weft.LoadedModel;
import io.weft.app.terminal.Streams;
import java.nio.file.Path;

import static io.weft.problem.Language.say;

/** {@code weft chat}: talks with a model in the terminal. */
final class Chat implements Command {
    private final Syntax syntax = Syntax.of("chat", "RUN_OR_MODEL", say("Talks with a tuned model in the terminal."));
    private final Argument<Path> source = syntax.place("RUN_OR_MODEL",
            say("a run, an adapter folder or a model folder"));
    private final SamplingOptions sampling = new SamplingOptions(syntax);

    @Override public Syntax syntax() {
        return syntax.example("weft chat runs/first",
                say("/exit ends it, /clear forgets what was said, Ctrl-C stops an answer"));
    }

    @Override public int run(Streams streams) {
        var how = sampling.sampling();
        try (LoadedModel loaded = LoadedModel.open(source.required()); var talk =
                new ChatSession(loaded, how, streams)) {
            talk.run();
            return ExitCode.DONE;
        }
    }
}
