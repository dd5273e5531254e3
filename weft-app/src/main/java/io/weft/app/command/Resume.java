package io.weft.app.command;

import io.weft.TrainingRun;
import io.weft.app.terminal.Streams;
import io.weft.recipe.Recipe;
import io.weft.run.RunFolder;
import java.nio.file.Path;

import static io.weft.problem.Language.say;

/** {@code weft resume}: goes on with a run that was stopped or killed. */
final class Resume implements Command {
    private final Syntax syntax = Syntax.withJson("resume", "RUN",
            say("Goes on with a run that was stopped or killed, from its newest checkpoint, bit for bit as if it had "
            + "never stopped."));
    private final Argument<Path> run = syntax.place("RUN", say("folder of the run"));

    @Override public Syntax syntax() { return syntax.example("weft resume runs/first", say("finishes the run")); }

    @Override public int run(Streams streams) {
        RunFolder folder = RunFolder.open(run.required());
        return new TrainingJob(streams, syntax.json(), Recipe.read(folder.recipe()).train())
                .run(folder.path(), listener -> TrainingRun.resume(folder.path(), listener));
    }
}
