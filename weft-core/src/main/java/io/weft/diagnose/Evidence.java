package io.weft.diagnose;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.weft.data.prepare.PreparedData;
import io.weft.evaluate.sample.SampleRow;
import io.weft.evaluate.sample.SampleRows;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.run.EventLog;
import io.weft.run.MachineRecord;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Started;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunEvents;
import io.weft.run.RunFolder;
import io.weft.token.encode.EncodeReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;

import static io.weft.problem.Language.say;

/**
 * What a run left for the rules to look at. Of a run that goes on by now it is what there is.
 *
 * @param log     its events with their times  @param events the same, sorted by kind
 * @param rows    what became of its training rows
 * @param machine what it took of the machine  @param samples rows that base and tuned model answered
 */
public record Evidence(RunFolder folder, Recipe recipe, List<EventLog.Line> log, RunEvents events,
        Optional<EncodeReport> rows, Optional<MachineRecord> machine, List<SampleRow> samples) {
    static final int FEWEST_STEPS = 10;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    /** @throws UserError when the folder is no run of a single training, or it was stopped before it began */
    public static Evidence of(Path run) {
        RunFolder folder = RunFolder.open(run);
        List<EventLog.Line> log = Files.isRegularFile(folder.events()) ? EventLog.read(folder.events()) : List.of();
        if (log.stream().noneMatch(line -> line.event() instanceof Started)) {
            throw UserError.of(say("%s has no events: it was stopped before its first step, or its events.jsonl is "
                    + "lost; weft resume %s goes on with it", run, run));
        }
        return new Evidence(folder, Recipe.read(folder.recipe()), log,
                RunEvents.of(log.stream().map(EventLog.Line::event).toList()), rows(folder),
                MachineRecord.read(folder.machine()),
                samples(folder));
    }

    /** Those that base and tuned model answered; none where the run was not evaluated. */
    private static List<SampleRow> samples(RunFolder folder) {
        return !Files.isRegularFile(folder.evaluation().resolve(SampleRows.FILE)) ? List.of()
                : SampleRows.of(folder).rows().stream().filter(row -> row.answers().keySet().containsAll(
                List.of(SampleRows.BASE, SampleRows.TUNED))).toList();
    }

    /** As the run's own description of its tokenised rows has it. */
    private static Optional<EncodeReport> rows(RunFolder folder) {
        JsonNode report = JsonFile.optional(folder.data().resolve(PreparedData.TRAIN + ".tokens.json")).path("made")
                .path("report");
        try {
            return report.isObject() ? Optional.of(JSON.treeToValue(report, EncodeReport.class)) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();   // another version's, which writes it again when it goes on
        }
    }

    public LossCurve losses() { return new LossCurve(events.steps()); }

    /** Warnings whose kind is such. */
    public List<Warned> warned(Predicate<String> kind) {
        return events.all().stream().filter(Warned.class::isInstance).map(Warned.class::cast)
                .filter(warned -> kind.test(warned.kind())).toList();
    }

    /** Held-out loss of the model without what was tuned, where it was measured. */
    public OptionalDouble untouchedLoss() {
        return events.finished().map(Finished::untouchedLoss).filter(Double::isFinite).map(OptionalDouble::of)
                .orElse(OptionalDouble.empty());
    }

    /** What the held-out loss fell from the untouched model to the best, as a share of it. */
    public OptionalDouble gain() {
        OptionalDouble untouched = untouchedLoss();
        return untouched.isEmpty() || events.finished().get().bestStep() < 0 ? OptionalDouble.empty()
                : OptionalDouble.of((untouched.getAsDouble() - events.finished().get().bestLoss())
                / Math.abs(untouched.getAsDouble()));
    }

    /**
     * Whether the training loss fell below what it was before the first update, by a share of that: a run that broke
     * and half recovered has learned nothing.
     */
    public boolean isLearned(double share) {
        LossCurve losses = losses();
        double first = losses.steps().get(0).loss();
        return losses.change().after() < (1 - share) * Math.min(first, untouchedLoss().orElse(first));
    }

    /** Peak learning rate. */
    public double rate() {
        return recipe.train().optimizer().learningRate().orElseGet(this::methodRate);
    }

    /** The usual learning rate of the tuning method for the objective. */
    public double methodRate() { return recipe.tuning().learningRate() * recipe.train().objective()
            .learningRateFactor(); }

    /** The learning rates that usually work for this method on a model of this size. */
    public UsualRate usual() {
        return UsualRate.of(methodRate(), events.started().allParameters());
    }

    public int warmup() { return recipe.train().optimizer().warmupSteps().orElse(0); }

    /** Optimizer steps that the run has in all. */
    public int steps() { return events.started().steps(); }

    /** Steps that changed weights. */
    public List<StepDone> taken() {
        return events.steps().stream().filter(step -> step.learningRate() > 0 && Double.isFinite(step.gradientNorm()))
                .toList();
    }

    /** Whether it ended without a word and nobody trains in it now. */
    public boolean isBrokenOff() { return events.finished().isEmpty() && !folder.isBusy(); }
}
