package io.weft.app.watch;

import io.weft.TrainingRun;
import io.weft.app.terminal.EstimateLines;
import io.weft.app.terminal.LabelledLines;
import io.weft.app.terminal.VerdictLines;
import io.weft.data.check.Level;
import io.weft.data.prepare.Manifest;
import io.weft.data.prepare.PreparedData;
import io.weft.data.review.ReviewQueue;
import io.weft.estimate.Fitting;
import io.weft.train.TrainSettings;
import io.weft.train.Warmup;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * What is said before the first step: which rows, which parameters, which plan.
 *
 * @param asked the settings before their defaults were worked out
 */
public record RunOpening(TrainingRun run, TrainSettings asked) {
    public void print(PrintStream to) {
        var sheet = new LabelledLines(to);
        Manifest manifest = PreparedData.open(run.folder().data()).manifest();
        Manifest.Counts rows = manifest.counts();
        sheet.line(say("model"), run.base().path() + " (" + run.base().config().modelType() + ")");
        sheet.line(say("data"), say("%s: %,d rows read, %,d rejected; %,d to train on, %,d held out",
                manifest.source().file(), rows.read(), rows.rejected(), rows.train(), rows.heldOut()));
        if (rows.rejected() > 0) {
            sheet.more(say("rejected: %s; see %s", counted(manifest.rejected()),
                    run.folder().data().resolve(PreparedData.REJECTED)));
        }
        run.checked().ifPresent(checked -> {
            Path report = run.folder().data().resolve(PreparedData.REPORT);
            String bad = new VerdictLines(checked).named(Level.FAIL), odd = new VerdictLines(checked).named(Level.WARN);
            if (!bad.isEmpty()) {
                sheet.more(say("checks that fail: %s; see %s", bad, report));
            }
            if (!odd.isEmpty()) {
                sheet.more(say("worth a look: %s; see %s", odd, report));
            }
        });
        Path review = run.folder().data().resolve(ReviewQueue.TABLE);
        if (Files.exists(review)) {
            sheet.more(say("contradictions to decide: %s; fill in its column decision (keep, drop, change) and name "
                    + "the file: data.mend.decisions=FILE", review));
        }
        if (!manifest.unusedFields().isEmpty()) {
            sheet.more(say("fields that are not used: %s", counted(manifest.unusedFields())));
        }
        sheet.more(say("rows as %s, prompts as %s, at most %,d tokens", manifest.settings().format(),
                manifest.settings().prompt().orElseThrow().word(), manifest.settings().maxLength()));
        sheet.more(run.encoded().toString());
        sheet.line(say("tuning"), run.trainable().toString());
        TrainSettings train = run.recipe().train();
        sheet.line(say("plan"), say("%,d steps (%,d an epoch) of %d x %d %s", run.plan().steps(),
                run.plan().stepsPerEpoch(), train.batching().batch(), train.batching().accumulate(),
                manifest.settings().pack() ? say("packs") : say("rows")));
        sheet.more(say("learning rate %s, %s, warm-up %d steps", rate(train.optimizer().learningRate().orElseThrow()),
                train.optimizer().schedule().word(), train.optimizer().warmupSteps().orElseThrow()));
        Warmup.of(asked.optimizer().warmupSteps(), run.plan().steps()).notice().ifPresent(sheet::more);
        Fitting fitting = run.fitting();
        sheet.line(say("memory"), say("about %,d MB of %,d available: weights %,d, trained and optimizer %,d, "
                + "activations %,d (%s)", megabytes(fitting.memory().total()), megabytes(fitting.available()),
                megabytes(fitting.memory().weights()), megabytes(fitting.memory().trained()),
                megabytes(fitting.memory().activations() + fitting.memory().head()), EstimateLines.kept(fitting)));
        EstimateLines.told(fitting).ifPresent(sheet::more);
        run.tryLargestPass().ifPresent(dry -> sheet.more(say("tried: the largest pass, %,d tokens, took %,d MB and "
                + "%.1f s", dry.tokens(), megabytes(dry.peak()), dry.seconds())));
        sheet.line(say("run"), run.folder().path().toString());
        to.println();
    }

    private static long megabytes(long bytes) { return bytes >> 20; }

    /** As a recipe spells it: 0.003, 2e-4. */
    static String rate(double value) { return Double.toString(value).replace(".0E", "E").replace('E', 'e'); }

    private static String counted(Map<String, Integer> counts) {
        return counts.entrySet().stream().map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}
