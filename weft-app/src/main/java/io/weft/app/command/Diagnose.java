package io.weft.app.command;

import io.weft.StagedRun;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.JsonOption;
import io.weft.app.terminal.DiagnosisLines;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.Streams;
import io.weft.diagnose.Diagnosis;
import io.weft.diagnose.rule.Rules;
import io.weft.file.JsonFile;
import io.weft.run.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import static io.weft.problem.Language.say;

/** {@code weft diagnose}: what is wrong with a run, as far as its own records tell. */
@Command(customSynopsis = "weft diagnose RUN",
        footer = {"  @|bold weft diagnose runs/first|@", "      ${bundle:weft.diagnose.example.plain}"})
final class Diagnose implements Verb {
    @Mixin private JsonOption json;
    @Parameters(index = "0", paramLabel = "RUN", descriptionKey = "run") private Path run;
    @Mixin private HelpOptions help;

    @Override public int run(Streams streams) {
        RunFolder folder = RunFolder.open(run);
        List<Path> trainings = StagedRun.isOne(run) ? folder.trainings().stream()
                .filter(stage -> Files.isRegularFile(new RunFolder(stage).events())).toList() : List.of(run);
        var told = new ArrayList<Diagnosis>();
        for (Path training : trainings) {
            Diagnosis diagnosis = Rules.diagnose(training);
            told.add(diagnosis);
            if (trainings.size() > 1) {
                json.told(streams).println(say("stage %s", training.getFileName()));
            }
            new DiagnosisLines(diagnosis).print(json.told(streams));
        }
        if (json.isAsked()) {
            if (StagedRun.isOne(run)) {
                var root = JsonFile.JSON.createObjectNode().put("formatVersion", 1)
                        .put("run", run.toAbsolutePath().normalize().toString());
                var stages = root.putArray("stages");
                told.forEach(diagnosis -> stages.add(diagnosis.json()));
                streams.out().println(root);
            } else {
                streams.out().println(told.get(0).json());
            }
        }
        return ExitCode.DONE;
    }
}
