package io.weft.app.command;

import io.weft.TrainingRun;
import io.weft.app.terminal.Streams;
import io.weft.app.watch.TrainingJob;
import io.weft.recipe.Recipe;
import io.weft.run.RunFolder;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code weft resume}: goes on with a run that was stopped or killed. */
@Command(customSynopsis = "weft resume RUN",
        footer = {"  @|bold weft resume runs/first|@", "      ${bundle:weft.resume.example.plain}"})
final class Resume implements Verb {
    @Mixin private JsonOption json;
    @Parameters(index = "0", paramLabel = "RUN", descriptionKey = "run") private Path run;
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        RunFolder folder = RunFolder.open(run);
        return new TrainingJob(streams, json.isAsked(), Recipe.read(folder.recipe()).train())
                .run(folder.path(), listener -> TrainingRun.resume(folder.path(), listener));
    }
}
