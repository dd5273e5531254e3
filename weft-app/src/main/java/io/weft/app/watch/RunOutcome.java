package io.weft.app.watch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.TrainingRun;
import io.weft.app.terminal.DiagnosisLines;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.LabelledLines;
import io.weft.data.prepare.PreparedData;
import io.weft.diagnose.rule.Rules;
import io.weft.problem.UserError;
import io.weft.run.EventLog;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Finished.Reason;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunEvents;
import io.weft.run.RunFolder;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

import static io.weft.problem.Language.say;

/** What a run left, and what can be done with it. */
public record RunOutcome(TrainingRun run, Finished finished) {
    private static final Set<Reason> USEFUL = EnumSet.of(Reason.DONE, Reason.PATIENCE, Reason.SPOILT,
            Reason.UNLEARNED);

    /** Whether it left an adapter or a model, of use or not. */
    private boolean isWhole() {
        return USEFUL.contains(finished.reason()) || finished.reason() == Reason.WORSE
                || finished.reason() == Reason.DIVERGED && finished.bestStep() >= 0;
    }

    private Path result() {
        RunFolder folder = run.folder();
        return run.recipe().tuning().isAdapter() ? folder.adapter() : folder.model();
    }

    public int exitCode() {
        return USEFUL.contains(finished.reason()) ? ExitCode.DONE
                : finished.reason() == Reason.STOPPED ? ExitCode.RESUMABLE : ExitCode.USER;
    }

    public void print(PrintStream to) {
        var sheet = new LabelledLines(to);
        RunFolder folder = run.folder();
        to.println();
        if (finished.reason() == Reason.STOPPED) {
            sheet.line(say("go on"), "weft resume " + folder.path());
            return;
        }
        diagnose(to);
        if (finished.reason() == Reason.DIVERGED) {
            to.println(whyDiverged());
            if (!isWhole()) {
                to.println(say("Nothing is kept: no held-out loss was measured before."));
                return;
            }
            to.println(say("Kept is what was best before, step %d with a held-out loss of %.4f.", finished.bestStep(),
                    finished.bestLoss()));
        }
        sheet.line(run.recipe().tuning().isAdapter() ? say("adapter") : say("model"),
                finished.reason() == Reason.WORSE ? say("%s (no gain, see the warning above)", result())
                : result().toString());
        sheet.line(say("chart"), folder.chart().toString());
        sheet.line(say("report"), folder.data().resolve(PreparedData.REPORT).toString());
        sheet.line(say("next"), "weft evaluate " + folder.path());
        if (exitCode() != ExitCode.DONE) {
            return;   // nothing to talk to or to serve
        }
        if (!run.base().readout().isOfRows()) {
            sheet.more("weft chat " + folder.path());
        }
        sheet.more("weft serve " + folder.path() + " --port 8000");
    }

    /** What its records tell is wrong with it; a record that cannot be read spoils no run that is done. */
    void diagnose(PrintStream to) {
        try {
            new DiagnosisLines(Rules.diagnose(run.folder().path())).brief(to);
        } catch (UserError e) {
            to.println(say("not diagnosed: %s", e.getMessage()));
        }
        to.println();
    }

    /** The last warning of the run knows; where it says no more, the learning rate and the rows are left. */
    private String whyDiverged() {
        String kind = RunEvents.of(EventLog.events(run.folder().events())).all().stream()
                .filter(event -> event instanceof Warned warned && warned.kind().endsWith("otFinite"))
                .map(event -> ((Warned) event).kind()).reduce("", (earlier, later) -> later);
        return switch (kind) {
            case "base.notFinite" -> say("Nothing was trained: the base itself is damaged, see the warning above.");
            case "rows.notFinite", "start.notFinite", "evaluation.notFinite" ->
                    say("The loss or its gradient was no finite number, see the warnings above.");
            default -> say(
                    "The loss or its gradient was no finite number several steps in a row. Lower train.learningRate "
                    + "(it was %s) or look at the rows of those steps in %s.",
                    run.recipe().train().optimizer().learningRate().orElseThrow(), run.folder().events());
        };
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
        if (Double.isFinite(finished.untouchedLoss())) {
            root.put("untouchedLoss", finished.untouchedLoss());
        }
        if (isWhole()) {
            root.put(run.recipe().tuning().isAdapter() ? "adapter" : "model",
                    result().toAbsolutePath().normalize().toString());
        }
        return root.toString();
    }
}
