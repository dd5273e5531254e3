package io.weft.app.command;

import io.weft.StagedRun;
import io.weft.TrainingRun;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.JsonOption;
import io.weft.app.terminal.Streams;
import io.weft.app.watch.StagedJob;
import io.weft.app.watch.TrainingJob;
import io.weft.resume.Resumption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weft resume}: goes on with a run that was stopped or killed. */
@Command(customSynopsis = "weft resume RUN [--change key=value ...] [--from-start] [--restore-recipe]",
        footer = {"  @|bold weft resume runs/first|@", "      ${bundle:weft.resume.example.plain}",
        "  @|bold weft resume runs/first --change train.learningRate=1e-4|@",
        "      ${bundle:weft.resume.example.change}"})
final class Resume implements Verb {
    @Mixin private JsonOption json;
    @Parameters(index = "0", paramLabel = "RUN", descriptionKey = "run") private Path run;
    @Option(names = "--change", paramLabel = "KEY=VALUE") private List<String> changes = new ArrayList<>();
    @Option(names = "--from-start") private boolean fromStart;
    @Option(names = "--restore-recipe") private boolean restoreRecipe;
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        var asked = new Resumption(changes, fromStart, restoreRecipe);
        if (StagedRun.isOne(run)) {
            return StagedJob.run(streams, json.isAsked(), watch -> StagedRun.resume(run, asked, watch));
        }
        return new TrainingJob(streams, json.isAsked(), TrainingRun.recipeOf(run, asked).train())
                .run(run, listener -> TrainingRun.resume(run, asked, listener));
    }
}
