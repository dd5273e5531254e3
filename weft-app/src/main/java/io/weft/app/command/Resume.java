package io.weft.app.command;

import io.weft.StagedRun;
import io.weft.TrainingRun;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.JsonOption;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.Streams;
import io.weft.app.watch.StagedJob;
import io.weft.app.watch.TrainingJob;
import io.weft.resume.Resumption;
import io.weft.run.MachineRecord;
import io.weft.run.RunFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import static io.weft.problem.Language.say;

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
    /** How the process before ended, where that was perhaps for want of memory: the launcher says so. */
    @Option(names = "--after-exit", hidden = true) private Integer afterExit;
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        if (afterExit != null) {
            Optional<String> smaller = isForMemory() ? TrainingRun.changeForLessMemory(run) : Optional.empty();
            if (smaller.isEmpty()) {
                return afterExit;   // what ended it has been told, or nobody knows
            }
            streams.err().println(say("weft: out of memory; the run goes on from its last checkpoint with %s",
                    smaller.get()));
            changes.add(smaller.get());
        }
        var asked = new Resumption(changes, fromStart, restoreRecipe);
        if (StagedRun.isOne(run)) {
            return StagedJob.run(streams, json.isAsked(), watch -> StagedRun.resume(run, asked, watch));
        }
        return new TrainingJob(streams, json.isAsked(), TrainingRun.recipeOf(run, asked).train())
                .run(run, listener -> TrainingRun.resume(run, asked, listener));
    }

    private boolean isForMemory() {
        return afterExit == ExitCode.MEMORY || MachineRecord.read(new RunFolder(run).machine())
                .map(MachineRecord::wasShort).orElse(false);
    }
}
