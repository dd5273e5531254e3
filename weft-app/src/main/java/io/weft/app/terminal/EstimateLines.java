package io.weft.app.terminal;

import io.weft.Estimate;
import io.weft.estimate.Fitting;
import io.weft.estimate.MemoryEstimate;
import io.weft.estimate.TimeEstimate;
import io.weft.objective.Recompute;
import io.weft.train.Batching;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;

/** What a run would take, as aligned text. */
public record EstimateLines(Estimate estimate) {
    private static final double MB = 1 << 20;

    /** Ends with a line break. */
    public String text() {
        Fitting fitting = estimate.fitting();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(say("memory"), "MB", ""));
        MemoryEstimate memory = fitting.memory();
        add(rows, say("Java, libtorch"), memory.process(), "");
        add(rows, say("weights"), memory.weights(), estimate.recipe().train().compute().frozenWeights().word());
        add(rows, say("trained beside them"), memory.adapter(), say("%,d parameters are trained",
                estimate.trainable().trained()));
        add(rows, say("optimizer"), memory.optimizer(), say("two moments of each"));
        add(rows, say("gradients"), memory.gradients(), "");
        add(rows, say("activations"), memory.activations(), say("%,d tokens in the largest pass, %s",
                estimate.largest(), kept(fitting)));
        add(rows, say("head"), memory.head(), say("logits of a chunk of targets"));
        add(rows, say("sum"), memory.total(), say("%,.0f MB are available", fitting.available() / MB));
        StringBuilder text = new StringBuilder(TextTable.of(rows, true)).append('\n');
        text.append(told(fitting).map(line -> line + "\n").orElse(""));
        Batching batching = estimate.recipe().train().batching();
        text.append(say("a step: %d x %d rows, %,.0f tokens on average", batching.batch(), batching.accumulate(),
                estimate.tokens())).append('\n');
        text.append(estimate.time().map(EstimateLines::time).orElseGet(() -> say("time: nobody knows how long the "
                + "model's own answers will be"))).append('\n');
        return text.toString();
    }

    private static void add(List<List<String>> rows, String part, long bytes, String note) {
        rows.add(List.of(part, String.format("%,.0f", bytes / MB), note));
    }

    public static String kept(Fitting fitting) {
        return fitting.recompute() == Recompute.ALWAYS ? say("computed again in the backward pass")
                : say("kept for the backward pass");
    }

    /** How micro-batches go through, where not whole. */
    public static Optional<String> told(Fitting fitting) {
        return fitting.atOnce() == 0 ? Optional.empty() : Optional.of(say("micro-batches go through in passes of at "
                + "most %,d tokens, so that they fit: the same gradient, other dropout masks (train.tokensAtOnce)",
                fitting.atOnce()));
    }

    private static String time(TimeEstimate time) {
        String step = time.step() < 10 ? String.format("%.2f", time.step()) : String.format("%.0f", time.step());
        return say("time: %s s a step, %,d steps; %d evaluations of %.0f s; about %s in all, as busy as the machine is "
                + "now", step, time.steps(), time.evaluations(), time.evaluation(), clock(time.run()));
    }

    /** 7 s, 1:07 or 1:01:07. */
    private static String clock(double seconds) {
        long s = Math.round(seconds);
        return s < 60 ? s + " s" : s < 3600 ? String.format("%d:%02d", s / 60, s % 60)
                : String.format("%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }
}
