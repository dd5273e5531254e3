package io.weft.app.watch;

import io.weft.app.terminal.Terminal;
import io.weft.run.RunEvent;
import io.weft.run.RunEvent.Changed;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Saved;
import io.weft.run.RunEvent.Started;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent.Warned;
import io.weft.run.RunEvents;
import io.weft.run.RunListener;
import io.weft.run.SystemTable;
import io.weft.run.WarningText;
import java.io.Closeable;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * Shows a run to the person who started it: on a terminal one line that is drawn again and again, where the output is
 * piped a plain line every {@code logEvery} steps. Evaluations, checkpoints, warnings and the end get lines that stay.
 */
public final class ConsoleProgress implements RunListener, Closeable {
    // a tenth of a second: smooth to the eye, nothing to the trainer
    private static final long REDRAW_NANOS = 100_000_000;
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final boolean redraws;
    private final IntSupplier columns;
    private final int logEvery;
    private final Deque<StepDone> lastSteps = new ArrayDeque<>();
    private final Speed speed = new Speed();
    private Started run;
    private StepDone latest;
    private double heldOutLoss = Double.NaN;
    private long drawnAt;
    private boolean lineOpen;

    ConsoleProgress(PrintStream out, boolean redraws, IntSupplier columns, int logEvery) {
        this.out = out;
        this.redraws = redraws;
        this.columns = columns;
        this.logEvery = logEvery;
    }

    /**
     * Shows a run on this stream, which should write UTF-8.
     *
     * @param logEvery steps between plain lines, also the number of steps whose mean loss is shown
     */
    public static ConsoleProgress on(PrintStream out, int logEvery) {
        return new ConsoleProgress(out, Terminal.isInteractive(), new Terminal()::width, logEvery);
    }

    @Override public void on(RunEvent event) {
        if (event instanceof Started started) {
            run = started;
            line(opening());
        } else if (event instanceof StepDone done) {
            stepDone(done);
        } else if (event instanceof Evaluated evaluated) {
            heldOutLoss = evaluated.loss();
            speed.add(evaluated);
            line(evaluation(evaluated));
        } else if (event instanceof Saved saved) {
            line(say("step %d  saved %s", saved.step(), saved.folder()));
        } else if (event instanceof Warned warned) {
            line((warned.step() == 0 ? "" : say("step %d  ", warned.step()))
                    + say("warning: %s", WarningText.of(warned)));
        } else if (event instanceof Changed changed) {
            line(say("after step %d %s is %s, it was %s", changed.step(), changed.key(), changed.after(),
                    changed.before()));
        } else if (event instanceof Finished finished) {
            line(ending(finished));
        }
    }

    /**
     * Ends the line that is being drawn, so that what is printed next, such as why a run broke off, has a line of its
     * own. The stream stays open.
     */
    @Override public void close() {
        if (lineOpen) {
            out.println();
            lineOpen = false;
        }
    }

    private void stepDone(StepDone done) {
        latest = done;
        speed.add(done);
        lastSteps.addLast(done);
        if (lastSteps.size() > logEvery) {
            lastSteps.removeFirst();
        }
        boolean last = done.step() == run.steps();
        if (redraws) {
            if (last || System.nanoTime() - drawnAt > REDRAW_NANOS) {
                draw();
            }
        } else if (last || done.step() % logEvery == 0) {
            out.println(String.join("  ", figures()));
        }
    }

    private void draw() {
        out.print(CLEAR_LINE + ProgressLine.of((double) latest.step() / run.steps(), figures(), columns.getAsInt()));
        out.flush();
        lineOpen = true;
        drawnAt = System.nanoTime();
    }

    /** A line that stays, above the one that is drawn again. */
    private void line(String text) {
        out.println((lineOpen ? CLEAR_LINE : "") + text);
        lineOpen = false;
        drawnAt = 0;
    }

    /** In the order of their worth to someone who waits. */
    private List<String> figures() {
        List<String> figures = new ArrayList<>();
        figures.add(say("step %d/%d", latest.step(), run.steps()));
        figures.add(say("loss %.4f", lastSteps.stream().mapToDouble(StepDone::loss).average().orElseThrow()));
        figures.add(say("ETA %s", clock(speed.left(run.steps() - latest.step()))));
        figures.add(say("%.0f tokens/s", speed.tokensPerSecond()));
        SystemTable.residentBytes().ifPresent(bytes -> figures.add(size(bytes)));
        if (!Double.isNaN(heldOutLoss)) {
            figures.add(say("eval loss %.4f", heldOutLoss));
        }
        figures.add(say("epoch %.2f", latest.epoch()));
        figures.add(say("lr %.2e", latest.learningRate()));
        RunEvents.meanMetrics(lastSteps).forEach((name, mean) -> figures.add(metric(name, mean)));
        return figures;
    }

    /** A name and a number; the objective's own words, the same in every language. */
    private static String metric(String name, double value) {
        return name + String.format(Locale.ROOT, " %.4f", value);
    }

    private String opening() {
        // Not the training rows: when packing they are packs, and the reader was told the number of rows before.
        String plan = say("%,d steps (%,d an epoch), %,d held-out rows", run.steps(), run.stepsPerEpoch(),
                run.heldOutRows());
        return run.resumed() ? say("resuming after step %,d: %s", run.step(), plan) : plan;
    }

    private static String evaluation(Evaluated evaluated) {
        String best = evaluated.best() ? say("  best so far") : "";
        String metrics = evaluated.metrics().entrySet().stream()
                .map(metric -> "  " + metric(metric.getKey(), metric.getValue())).collect(Collectors.joining());
        return say("step %d  eval loss %.4f  (%,d rows, %s)%s",
                evaluated.step(), evaluated.loss(), evaluated.rows(), clock(evaluated.seconds()), best + metrics);
    }

    private String ending(Finished finished) {
        String best = finished.bestStep() < 0 ? "" : say(", best eval loss %.4f at step %d", finished.bestLoss(),
                finished.bestStep());
        best += Double.isFinite(finished.untouchedLoss()) ? say(" (%.4f untouched)", finished.untouchedLoss()) : "";
        return reason(finished) + say(": step %d of %d, mean training loss %.4f%s, %s",
                finished.step(), run.steps(), finished.trainLoss(), best, clock(finished.seconds()));
    }

    private static String reason(Finished finished) {
        switch (finished.reason()) {
            case DONE: return say("done");
            case PATIENCE: return say("stopped early, held-out loss no longer falls");
            case SPOILT: return say("finished; the last weights are worse than before, the best ones are kept");
            case UNLEARNED: return say("finished, but the model is still worse than guessing");
            case WORSE: return say("finished, but the model is worse than before");
            case STOPPED: return say("stopped, can be resumed");
            default: return say("given up, the loss is not a finite number");
        }
    }

    /** 7 s, 1:07 or 1:01:07. */
    private static String clock(double seconds) {
        long s = Math.round(seconds);
        return s < 60 ? s + " s" : s < 3600 ? String.format("%d:%02d", s / 60, s % 60)
                : String.format("%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }

    private static String size(long bytes) {
        return bytes < 1L << 30 ? (bytes >> 20) + " MB"
                : String.format(Locale.ROOT, "%.1f GB", bytes / (double) (1L << 30));
    }
}
