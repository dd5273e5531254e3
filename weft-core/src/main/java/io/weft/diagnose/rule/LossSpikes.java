package io.weft.diagnose.rule;

import io.weft.diagnose.Cause;
import io.weft.diagnose.Evidence;
import io.weft.diagnose.Finding;
import io.weft.diagnose.Need;
import io.weft.diagnose.Rule;
import io.weft.diagnose.Severity;
import io.weft.diagnose.Symptom;
import io.weft.diagnose.UsualRate;
import io.weft.problem.Translatable;
import io.weft.run.RunEvent.StepDone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** Single steps whose loss leaps far above that of their neighbours. */
final class LossSpikes implements Rule {
    /** Steps on each side by which a step is judged. */
    private static final int REACH = 10, FEWEST = 15;
    /** A leap is so many times the median, and so many times the usual distance from it. */
    private static final double TIMES = 1.5, DISTANCES = 8;
    /** And above it by such a share of the loss at the beginning: a low loss differs much from row to row. */
    private static final double OF_FIRST = 0.25;
    private static final double HIGH_RATE = 3;

    @Override public String name() { return "loss.spikes"; }

    @Override public Symptom symptom() { return Symptom.OTHER; }

    @Override public Translatable title() { return text("the loss leaps"); }

    @Override public Translatable when() {
        return text("a step's loss is above one and a half times the median of the ten steps before and after it, by a "
                + "quarter of the loss at the beginning or more, and eight times as far from it as these usually are");
    }

    @Override public Set<Need> needs() { return Set.of(Need.STEPS, Need.FALLING_LOSS); }

    @Override public List<Cause> causes() {
        Translatable saw = text("the loss leaps in %d of %d steps, most at step %d: %.4f where its neighbours have "
                + "%.4f");
        return List.of(Cause.of("rate", saw, text("the learning rate is too high: single steps go too far"),
                "train.learningRate=%s"),
                Cause.of("clipping", saw, text("gradients are not clipped, so that one bad batch moves every weight"),
                "train.clipNorm=1"),
                Cause.of("rows", saw, text("single rows are unlike all others: broken text, another language or a "
                + "wrong answer; the data report names odd ones"), "weft show %s --model %s"));
    }

    @Override public List<Finding> look(Evidence run) {
        List<StepDone> steps = run.losses().steps();
        double[] losses = steps.stream().mapToDouble(StepDone::loss).toArray();
        List<Integer> leaps = new ArrayList<>();
        double first = run.untouchedLoss().orElse(Math.abs(losses[0]));
        for (int i = 0; losses.length >= FEWEST && i < losses.length; i++) {
            double median = median(around(losses, i));
            double distance = median(Arrays.stream(around(losses, i)).map(one -> Math.abs(one - median)).toArray());
            if (losses[i] > TIMES * median && losses[i] - median > Math.max(DISTANCES * distance, OF_FIRST * first)) {
                leaps.add(i);
            }
        }
        if (leaps.isEmpty()) {
            return List.of();
        }
        int worst = leaps.stream().max((a, b) -> Double.compare(losses[a] / median(around(losses, a)),
                losses[b] / median(around(losses, b)))).orElseThrow();
        List<Object> figures = List.of("spikes", leaps.size(), "steps", losses.length, "step",
                steps.get(worst).step(), "loss", losses[worst], "around", median(around(losses, worst)));
        double usual = run.usual().rate();
        return List.of(run.rate() > HIGH_RATE * usual ? found("rate", Severity.WARN, figures, UsualRate.shown(usual))
                : run.recipe().train().optimizer().clipNorm() == 0 ? found("clipping", Severity.WARN, figures)
                : found("rows", Severity.WARN, figures, run.recipe().data().train().toString(), run.recipe().model()));
    }

    private static double[] around(double[] losses, int at) {
        int from = Math.max(0, Math.min(at - REACH, losses.length - 2 * REACH - 1));
        return Arrays.copyOfRange(losses, from, Math.min(losses.length, from + 2 * REACH + 1));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length % 2 == 1 ? sorted[sorted.length / 2]
                : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
    }
}
