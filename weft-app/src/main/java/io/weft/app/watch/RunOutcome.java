package io.weft.app.watch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.TrainingRun;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.LabelledLines;
import io.weft.data.prepare.PreparedData;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Finished.Reason;
import io.weft.run.RunFolder;
import java.io.PrintStream;
import java.nio.file.Path;

import static io.weft.problem.Language.say;

/** What a run left, and what can be done with it. */
public record RunOutcome(TrainingRun run, Finished finished) {
    private boolean isWhole() { return finished.reason() == Reason.DONE || finished.reason() == Reason.PATIENCE; }

    private Path result() {
        RunFolder folder = run.folder();
        return run.recipe().tuning().isAdapter() ? folder.adapter() : folder.model();
    }

    public int exitCode() {
        return isWhole() ? ExitCode.DONE : finished.reason() == Reason.STOPPED ? ExitCode.RESUMABLE : ExitCode.USER;
    }

    public void print(PrintStream to) {
        var sheet = new LabelledLines(to);
        RunFolder folder = run.folder();
        to.println();
        if (finished.reason() == Reason.STOPPED) {
            sheet.line(say("go on"), "weft resume " + folder.path());
            return;
        }
        if (finished.reason() == Reason.DIVERGED) {
            to.println(say(
                    "The loss or its gradient was no finite number several steps in a row. Lower train.learningRate "
                    + "(it was %s) or look at the rows of those steps in %s.",
                    run.recipe().train().optimizer().learningRate().orElseThrow(), folder.events()));
            return;
        }
        sheet.line(run.recipe().tuning().isAdapter() ? say("adapter") : say("model"), result().toString());
        sheet.line(say("chart"), folder.chart().toString());
        sheet.line(say("report"), folder.data().resolve(PreparedData.REPORT).toString());
        sheet.line(say("next"), "weft evaluate " + folder.path());
        sheet.more("weft chat " + folder.path());
        sheet.more("weft serve " + folder.path() + " --port 8000");
    }

    public String json() {
        ObjectNode root = new ObjectMapper().createObjectNode().put("formatVersion", 1)
                .put("run", run.folder().path().toAbsolutePath().normalize().toString())
                .put("reason", finished.reason().word())
                .put("step", finished.step()).put("steps", run.plan().steps()).put("trainLoss", finished.trainLoss())
                .put("seconds", finished.seconds());
        if (finished.bestStep() >= 0) {
            root.put("bestStep", finished.bestStep()).put("bestLoss", finished.bestLoss());
        }
        if (isWhole()) {
            root.put(run.recipe().tuning().isAdapter() ? "adapter" : "model",
                    result().toAbsolutePath().normalize().toString());
        }
        return root.toString();
    }
}
