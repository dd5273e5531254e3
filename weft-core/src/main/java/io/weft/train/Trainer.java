package io.weft.train;

import io.weft.data.Batch;
import io.weft.data.ExampleGroup;
import io.weft.data.Rows;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.Dropout;
import io.weft.objective.BlockWalk;
import io.weft.objective.LossSum;
import io.weft.objective.Objective;
import io.weft.run.Cadence;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished.Reason;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Saved;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongToDoubleFunction;

/**
 * The one training loop. Losses are summed, and gradients divided once by what the objective counted, tokens or rows,
 * so accumulating changes nothing. Everything it does is a function of its {@link TrainState}, the weights and the
 * optimizer's moments. Belongs to the thread of its model; {@link #requestStop} may be called from any.
 */
public final class Trainer {
    /** Steps in a row without a finite loss and gradient after which a run stops. */
    public static final int NOT_FINITE_LIMIT = 3;

    /**
     * What is trained on what.
     *
     * @param rows     of the micro-batches: one group, or those packed together
     * @param heldOut groups to evaluate on, or none
     * @param peak     learning rate after the warm-up
     */
    public record Job(CausalLm model, Objective objective, TrainSettings settings, double peak,
            Rows rows, List<ExampleGroup> heldOut, TrainingPlan plan) {}

    /** Makes checkpoints. */
    @FunctionalInterface
    public interface Keeper {
        /** Commits the run as it is. @return the checkpoint's folder, relative to the run */
        String commit(TrainState state, Optimizer optimizer);
    }

    /** Why a step had no finite loss or gradient. @param hopeless whether no other step can have one */
    public record Cause(Warned told, boolean hopeless) {}

    /** Looks closer at what the loop's numbers alone do not tell. */
    public interface Judge {
        /** Takes the numbers as they are. */
        Judge NONE = new Judge() {};

        /**
         * Why a step had no finite loss or gradient; empty where it is as likely the learning rate as the rows.
         *
         * @param updates that the optimizer made before it  @param inARow steps like it, this one among them
         */
        default Optional<Cause> cause(int step, int updates, int inARow, List<int[]> microBatches) {
            return Optional.empty();
        }

        /** The end as it is told. @param warn told before it */
        default Finished end(Finished finished, Consumer<Warned> warn) { return finished; }
    }

    private final Job job;
    private final TrainSettings settings;
    private final Schedule schedule;
    private final Optimizer optimizer;
    private final BlockWalk walk;
    private final RunListener listener;
    private final Keeper keeper;
    private final Judge judge;
    private volatile boolean stopRequested;
    private TrainState state;
    private long started;

    /** A run that nobody judges. */
    public Trainer(Job job, Optimizer optimizer, TrainState from, RunListener listener, Keeper keeper) {
        this(job, optimizer, from, listener, keeper, Judge.NONE);
    }

    public Trainer(Job job, Optimizer optimizer, TrainState from, RunListener listener, Keeper keeper, Judge judge) {
        this.judge = judge;
        this.job = job;
        this.optimizer = optimizer;
        this.listener = listener;
        this.keeper = keeper;
        settings = job.settings();
        schedule = settings.optimizer().over(job.peak(), job.plan().steps());
        walk = new BlockWalk(job.model(), settings.compute().recompute());
        state = from;
    }

    /** Asks the trainer to finish its step, commit and return. */
    public void requestStop() { stopRequested = true; }

    /** Steps done. */
    public int step() { return state.step(); }

    /**
     * Trains to the end, or until it is stopped or diverges. Returns how it ended; {@code Finished} was told to the
     * listener, too.
     */
    public Finished run() {
        started = System.nanoTime();
        Cadence cadence = settings.cadence();
        Reason reason = state.notFinite() >= NOT_FINITE_LIMIT ? Reason.DIVERGED
                : outOfPatience() ? Reason.PATIENCE : Reason.DONE;
        while (reason == Reason.DONE && state.step() < job.plan().steps()) {
            takeStep();
            boolean last = state.step() == job.plan().steps();
            boolean better = !job.heldOut().isEmpty() && (last || state.step() % cadence.evalEvery() == 0)
                    && evaluate();
            if (state.notFinite() >= NOT_FINITE_LIMIT) {
                reason = Reason.DIVERGED;
            } else if (outOfPatience()) {
                reason = Reason.PATIENCE;
            } else if (stopRequested && !last) {
                reason = Reason.STOPPED;
            }
            boolean scheduled = last || better || state.step() % cadence.saveEvery() == 0
                    || reason == Reason.DIVERGED || reason == Reason.PATIENCE;
            if (scheduled || reason == Reason.STOPPED) {
                commit(scheduled);
            }
        }
        Finished finished = judge.end(new Finished(state.step(), reason, state.meanLoss(), state.bestStep(),
                state.bestStep() < 0 ? Double.NaN : state.bestLoss(), seconds()), listener::on);
        listener.on(finished);
        return finished;
    }

    /** One optimizer step over several micro-batches. */
    private void takeStep() {
        long begun = System.nanoTime();
        List<int[]> numbers = job.plan().microBatches(state.step());
        Objective.Step prepared = walk.prepared(numbers.stream().map(this::groups).toList(), job.objective(),
                state.step());
        List<List<ExampleGroup>> microBatches = prepared.microBatches();
        boolean byCount = settings.average() == Average.TOKENS;
        LongToDoubleFunction scale = count -> byCount ? 1 : 1.0 / Math.max(1, count) / microBatches.size();
        LossSum sum = LossSum.ZERO;
        double means = 0;
        long trainedTokens = 0, tokens = 0;
        for (int i = 0; i < microBatches.size(); i++) {
            Dropout dropout = Dropout.of(settings.seed(), (long) state.step() * settings.batching().accumulate() + i);
            LossSum micro = LossSum.ZERO;
            List<List<ExampleGroup>> passes = passes(microBatches.get(i));
            for (int part = 0; part < passes.size(); part++) {
                Batch batch = Batch.ofGroups(passes.get(part));
                micro = micro.plus(walk.forwardBackward(batch, prepared.objective(), scale, dropout.ofPart(part)));
                trainedTokens += readsRows() ? batch.documents() : batch.trainedTokens();
                tokens += batch.tokens();
            }
            sum = sum.plus(micro);
            means += micro.count() == 0 ? 0 : micro.mean() / microBatches.size();
        }
        double learningRate = schedule.at(state.step());
        double norm = Double.NaN;
        if (sum.isFinite()) {
            norm = optimizer.step(learningRate, byCount ? 1.0 / Math.max(1, sum.count()) : 1,
                    settings.optimizer().clipNorm());
        } else {
            optimizer.clearGradients();
        }
        boolean finite = sum.isFinite() && Double.isFinite(norm);
        state = state.stepped(sum, finite, optimizer.steps());
        listener.on(new StepDone(state.step(), job.plan().epochs(state.step()), byCount ? sum.mean() : means, norm,
                learningRate, trainedTokens, tokens, (System.nanoTime() - begun) / 1e9, job.objective().metrics(sum)));
        if (!finite) {
            notFinite(numbers, sum.isFinite() ? "gradient.notFinite" : "loss.notFinite");
        }
    }

    /** A micro-batch as it goes through: whole, or in parts of no more tokens than are to go through at once. */
    private List<List<ExampleGroup>> passes(List<ExampleGroup> microBatch) {
        return divided(microBatch, settings.compute().tokensAtOnce().orElse(0));
    }

    /** Whole rows in their order, as many as go into a pass. @param most tokens of a pass, 0 for no bound */
    public static List<List<ExampleGroup>> divided(List<ExampleGroup> microBatch, long most) {
        if (most == 0) {
            return List.of(microBatch);
        }
        List<List<ExampleGroup>> passes = new ArrayList<>();
        long tokens = most;
        for (ExampleGroup group : microBatch) {
            tokens += group.length();
            if (tokens > most) {
                passes.add(new ArrayList<>());
                tokens = group.length();
            }
            passes.get(passes.size() - 1).add(group);
        }
        return passes;
    }

    private void notFinite(List<int[]> microBatches, String kind) {
        Optional<Cause> cause = judge.cause(state.step(), optimizer.steps(), state.notFinite(), microBatches);
        listener.on(cause.map(Cause::told).orElseGet(() -> Warned.of(state.step(), kind, state.notFinite(),
                NOT_FINITE_LIMIT, Arrays.toString(microBatches.stream().flatMapToInt(Arrays::stream).toArray()))));
        if (cause.isPresent() && cause.get().hopeless()) {
            state = state.hopeless(NOT_FINITE_LIMIT);
        }
    }

    private List<ExampleGroup> groups(int[] rows) {
        List<ExampleGroup> groups = new ArrayList<>();
        for (int row : rows) {
            groups.addAll(job.rows().get(row));
        }
        return groups;
    }

    /** Evaluates on the held-out documents. Returns whether it is the best evaluation so far. */
    private boolean evaluate() {
        long begun = System.nanoTime();
        List<LossSum> parts = walk.losses(job.heldOut(), settings.batching().batch(), job.objective(),
                Adapters.DEFAULT);
        LossSum sum = parts.stream().reduce(LossSum.ZERO, LossSum::plus);
        boolean better = state.isBetter(sum.mean());
        state = state.evaluated(sum.mean());
        listener.on(new Evaluated(state.step(), job.plan().epochs(state.step()), sum.mean(), heldOutTokens(),
                job.heldOut().size(), better, (System.nanoTime() - begun) / 1e9, job.objective().metrics(sum),
                LossSum.standardError(parts)));
        double guess = job.objective().guess(job.model()).orElse(Double.POSITIVE_INFINITY);
        if (!sum.isFinite()) {
            listener.on(Warned.of(state.step(), "evaluation.notFinite"));
        } else if (sum.mean() > guess) {
            listener.on(Warned.of(state.step(), "evaluation.guessing", sum.mean(), guess));
        }
        return better;
    }

    private long heldOutTokens() {
        return job.heldOut().stream().flatMap(group -> group.documents().stream())
                .mapToLong(document -> readsRows() ? 1 : document.trainedTokens()).sum();
    }

    /** Whether each document has one target, a label or a score. */
    private boolean readsRows() { return job.objective().readout().isOfRows(); }

    private void commit(boolean scheduled) {
        state = state.saved(seconds(), scheduled);
        started = System.nanoTime();
        listener.on(new Saved(state.step(), keeper.commit(state, optimizer)));
    }

    private boolean outOfPatience() {
        int patience = settings.cadence().patience();
        return patience > 0 && state.withoutBetter() >= patience;
    }

    private double seconds() { return state.seconds() + (System.nanoTime() - started) / 1e9; }
}
