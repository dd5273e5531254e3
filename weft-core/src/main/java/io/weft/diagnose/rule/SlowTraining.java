package io.weft.diagnose.rule;

import io.weft.diagnose.Cause;
import io.weft.diagnose.Evidence;
import io.weft.diagnose.Finding;
import io.weft.diagnose.Need;
import io.weft.diagnose.Rule;
import io.weft.diagnose.Severity;
import io.weft.diagnose.Symptom;
import io.weft.model.folder.FrozenWeights;
import io.weft.objective.Recompute;
import io.weft.problem.Translatable;
import io.weft.run.EventLog;
import io.weft.run.MachineRecord;
import io.weft.run.RunEvent;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Saved;
import io.weft.run.RunEvent.StepDone;
import io.weft.train.ComputeSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** Time that the run need not have taken. */
final class SlowTraining implements Rule {
    /** Shares of the time from which evaluations and checkpoints are told. */
    private static final double EVALUATING = 0.4, SAVING = 0.25;
    /** A micro-batch of fewer tokens costs hardly less than one of so many: calls weigh more than arithmetic. */
    private static final int SMALL = 64;
    private static final double BUSY = 0.25;
    /** Seconds; of less nothing can be said, and of less than so many a disk or a program next door disturbs too much
     *  for anything but what happens at every few steps. */
    private static final double SHORTEST = 0.5, LONG = 30;
    private static final int FEW_STEPS = 4;

    @Override public String name() { return "slow"; }

    @Override public Symptom symptom() { return Symptom.SPEED; }

    @Override public Translatable title() { return text("slow training"); }

    @Override public Translatable when() {
        return text("evaluations take 40 percent of the time or more, checkpoints 25; fewer threads compute than "
                + "there are cores; micro-batches hold fewer than 64 tokens though rows could share one; activations "
                + "are computed twice or weights widened again and again though memory is left; or other programs use "
                + "a quarter of the cores or more");
    }

    @Override public Set<Need> needs() { return Set.of(Need.STEPS, Need.MACHINE); }

    @Override public List<Cause> causes() {
        return List.of(Cause.of("evaluations", text("%d evaluations took %.0f of %.0f seconds"),
                text("the held-out rows are judged too often, or are too many"), "train.evalEvery=%s"),
                Cause.of("checkpoints", text("%d checkpoints took %.0f of %.0f seconds"),
                text("the run is saved too often"), "train.saveEvery=%s"),
                Cause.of("threads", text("%d threads compute on %d cores, at %.0f tokens a second"),
                text("train.threads is lower than what the machine has"), "train.threads=%s"),
                Cause.of("small", text("a micro-batch holds %.0f tokens on average, at %.0f tokens a second"),
                text("so few tokens leave the cores idle: put more rows into one"), "train.batch=%s",
                "train.accumulate=1"),
                Cause.of("alone", text("a micro-batch holds %.0f tokens on average, at %.0f tokens a second"),
                text("so few tokens leave the cores idle: put more rows into one"), "data.pack=true"),
                Cause.of("recompute", text("activations are computed twice, though the process held %d MB at most, of "
                + "%d MB"), text("train.recompute: always is for models that do not fit"), "train.recompute=auto"),
                Cause.of("mapped", text("weights stay mapped and are widened at each use, though fp32 takes %d MB of "
                + "%d MB"), text("train.frozenWeights: mapped is for models that do not fit"),
                "train.frozenWeights=auto"),
                Cause.of("others", text("other programs used %.1f of %d cores on average"), text("training waits for "
                + "them"), "weft doctor"));
    }

    @Override public List<Finding> look(Evidence run) {
        List<Finding> findings = new ArrayList<>();
        MachineRecord machine = run.machine().orElseThrow();
        List<StepDone> steps = run.events().steps();
        double stepping = steps.stream().mapToDouble(StepDone::seconds).sum();
        double evaluating = run.events().evaluations().stream().mapToDouble(Evaluated::seconds).sum();
        double saving = saving(run.log()), all = stepping + evaluating + saving;
        int evaluations = run.events().evaluations().size();
        long saved = run.events().all().stream().filter(Saved.class::isInstance).count();
        if (matters(evaluations, steps.size(), all) && evaluating > EVALUATING * all) {
            findings.add(found("evaluations", Severity.WARN, List.of("evaluations", evaluations, "seconds", evaluating,
                    "of", all), fewer(run.recipe().train().cadence().evalEvery(), evaluating, stepping)));
        }
        if (matters(saved, steps.size(), all) && saving > SAVING * all) {
            findings.add(found("checkpoints", Severity.WARN,
                    List.of("checkpoints", saved, "seconds", saving, "of", all),
                    fewer(run.recipe().train().cadence().saveEvery(), saving, stepping)));
        }
        long tokens = steps.stream().mapToLong(StepDone::tokens).sum();
        ComputeSettings compute = run.recipe().train().compute();
        int threads = compute.threads().orElse(machine.cores());
        if (compute.device().equals("cpu") && 2 * threads <= machine.cores()) {
            findings.add(found("threads", Severity.WARN, List.of("threads", threads, "cores", machine.cores(),
                    "tokensPerSecond", tokens / stepping), machine.cores()));
        }
        addSmall(findings, run, (double) tokens / steps.size(), tokens / stepping);
        addMemory(findings, run, machine);
        if (machine.others() > BUSY * machine.cores() && all >= SHORTEST) {
            findings.add(found("others", Severity.NOTE, List.of("cores", machine.others(), "of", machine.cores())));
        }
        return findings;
    }

    private static boolean matters(long times, int steps, double seconds) {
        return times > 1 && (seconds >= LONG || seconds >= SHORTEST && FEW_STEPS * times >= steps);
    }

    /** As seldom as takes a tenth of the time. */
    private static long fewer(int every, double seconds, double stepping) {
        return Math.max(every + 1L, Math.round(every * seconds / (0.1 * stepping)));
    }

    private void addSmall(List<Finding> findings, Evidence run, double tokens, double speed) {
        int batch = run.recipe().train().batching().batch(), accumulate = run.recipe().train().batching().accumulate();
        double micro = tokens / accumulate;
        boolean packs = run.recipe().data().pack();
        if (micro < SMALL && (accumulate > 1 || !packs && batch == 1)) {
            List<Object> figures = List.of("tokens", micro, "tokensPerSecond", speed);
            findings.add(accumulate > 1 ? found("small", Severity.WARN, figures, batch * accumulate)
                    : found("alone", Severity.WARN, figures));
        }
    }

    private void addMemory(List<Finding> findings, Evidence run, MachineRecord machine) {
        ComputeSettings compute = run.recipe().train().compute();
        long wide = 4 * run.events().started().allParameters();
        boolean roomy = machine.peak() > 0 && 4 * machine.peak() < machine.memory();
        boolean mapped = compute.frozenWeights() == FrozenWeights.MAPPED || run.recipe().quantise().isPresent();
        if (compute.recompute() == Recompute.ALWAYS && roomy && !mapped) {
            findings.add(found("recompute", Severity.WARN, List.of("heldMegabytes", machine.peak() >> 20,
                    "memoryMegabytes", machine.memory() >> 20)));
        }
        if (compute.frozenWeights() == FrozenWeights.MAPPED && 4 * wide < machine.memory()) {
            findings.add(found("mapped", Severity.WARN, List.of("wideMegabytes", wide >> 20, "memoryMegabytes",
                    machine.memory() >> 20)));
        }
    }

    /** Seconds from the event before each checkpoint to the checkpoint: it is written in between. */
    private static double saving(List<EventLog.Line> log) {
        double seconds = 0;
        Instant before = null;
        for (EventLog.Line line : log) {
            RunEvent event = line.event();
            if (event instanceof Saved && before != null) {
                seconds += Duration.between(before, line.at()).toMillis() / 1e3;
            }
            before = line.at();
        }
        return seconds;
    }
}
