package io.weft.app.watch;

import io.weft.problem.Language;
import io.weft.run.RunEvent;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvents;
import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The run as a picture, {@code training_metrics.png}: training loss, held-out loss, learning rate, and both losses, 12
 * x 8 inches at 300 dots an inch. All four panels share the axis of steps, every point stands at the step it belongs
 * to, and epochs are marked. Where the objective
 * measures more than its loss, further rows of panels show it. Thin lines are single steps, the thick one their running
 * mean.
 */
public final class MetricsChart {
    private static final int INCHES_WIDE = 12, INCHES_HIGH = 8;
    private static final int MOST_METRIC_PANELS = 6;
    private static final List<Color> COLOURS = List.of(ChartPanel.BLUE, ChartPanel.ORANGE, ChartPanel.GREEN,
            ChartPanel.RED, ChartPanel.PALE_BLUE);

    private final RunEvents run;
    private final Language language;
    private final Font font;

    private MetricsChart(RunEvents run, Language language) {
        this.run = run;
        var chineseFont = language == Language.CHINESE
                ? ChartFont.showing(Language.CHINESE.in("Training and held-out loss")) : Optional.<Font>empty();
        this.language = chineseFont.isPresent() ? Language.CHINESE : Language.ENGLISH;
        this.font = chineseFont.orElseGet(ChartFont::latin);
    }

    /**
     * Draws the run so far, in this process's language where an installed font shows it, else in English.
     * @throws io.weft.problem.UserError when no font is installed or the disk refuses
     */
    public static void write(Path file, List<RunEvent> events) {
        PngFile.write(file, picture(events), PanelPicture.DOTS_PER_INCH);
    }

    static BufferedImage picture(List<RunEvent> events) {
        return new MetricsChart(RunEvents.of(events), Language.current()).drawn();
    }

    private BufferedImage drawn() {
        List<ChartPanel> panels = new ArrayList<>(List.of(trainingLoss(), heldOutLoss(), learningRate(),
                bothLosses()));
        metrics().forEach(group -> panels.add(metrics(group)));
        int rows = (panels.size() + 1) / 2;
        return PanelPicture.of(INCHES_WIDE, INCHES_HIGH / 2 * rows, panels, 2);
    }

    /**
     * The objective's metrics by what they share an axis with: those whose names agree up to the last part, such as
     * rewards/chosen and rewards/rejected; accuracies, which are shares, stand alone.
     */
    private List<List<String>> metrics() {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        Stream.concat(run.steps().stream().map(StepDone::metrics), run.evaluations().stream().map(Evaluated::metrics))
                .flatMap(metrics -> metrics.keySet().stream()).distinct().forEach(name -> {
            String group = name.contains("/") && !name.contains("accurac") ? name.substring(0, name.lastIndexOf('/'))
                    : name;
            groups.computeIfAbsent(group, all -> new ArrayList<>()).add(name);
        });
        return groups.values().stream().limit(MOST_METRIC_PANELS).toList();
    }

    /** Training as lines of running means, held-out as dots of the same colour. */
    private ChartPanel metrics(List<String> names) {
        String title = names.size() == 1 ? names.get(0) : names.get(0).substring(0, names.get(0).lastIndexOf('/'));
        ChartPanel panel = panel(say("%s (dots: held out)", title), title);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i), shown = names.size() == 1 ? name : name.substring(name.lastIndexOf('/') + 1);
            double[] training = run.steps().stream().mapToDouble(step -> value(step.metrics(), name)).toArray();
            panel.line(shown, COLOURS.get(i % COLOURS.size()), steps(), movingMean(training));
            panel.unnamedPoints(name, COLOURS.get(i % COLOURS.size()), SeriesMarkers.CIRCLE,
                    evaluatedSteps(), run.evaluations().stream().mapToDouble(one -> value(one.metrics(), name))
                    .toArray());
        }
        return panel;
    }

    private static double value(Map<String, Double> metrics, String name) {
        return metrics.getOrDefault(name, Double.NaN);
    }

    private ChartPanel trainingLoss() {
        ChartPanel panel = panel(say("Training loss"), say("loss"));
        if (averaged() > 1) {
            panel.thin(say("each step"), ChartPanel.PALE_BLUE, steps(), losses());
        }
        panel.line(trainingName(), ChartPanel.BLUE, steps(), movingMean());
        double lowest = Arrays.stream(losses()).filter(Double::isFinite).min().orElse(0);
        double[] notFinite = run.steps().stream().filter(done -> !Double.isFinite(done.loss()))
                .mapToDouble(StepDone::step).toArray();
        return panel.points(say("not finite"), ChartPanel.RED, SeriesMarkers.CROSS, notFinite,
                Arrays.stream(notFinite).map(step -> lowest).toArray());
    }

    private ChartPanel heldOutLoss() {
        ChartPanel panel = panel(say("Held-out loss"), say("loss")).note(say("no evaluation in this run"))
                .dots(say("held-out loss"), ChartPanel.ORANGE, evaluatedSteps(), evaluatedLosses());
        run.best().ifPresent(best -> panel.points(say("best: %.4f at step %d", best.loss(), best.step()),
                ChartPanel.RED, SeriesMarkers.DIAMOND, new double[] {best.step()}, new double[] {best.loss()}));
        return panel;
    }

    private ChartPanel learningRate() {
        return panel(say("Learning rate"), say("learning rate")).scientific()
                .line(say("learning rate"), ChartPanel.GREEN, steps(),
                run.steps().stream().mapToDouble(StepDone::learningRate).toArray());
    }

    private ChartPanel bothLosses() {
        return panel(say("Training and held-out loss"), say("loss"))
                .line(trainingName(), ChartPanel.BLUE, steps(), movingMean())
                .dots(say("held-out loss"), ChartPanel.ORANGE, evaluatedSteps(), evaluatedLosses());
    }

    private String trainingName() {
        return averaged() > 1 ? say("training loss, mean of %d steps", averaged()) : say("training loss");
    }

    private ChartPanel panel(String title, String valueTitle) {
        return new ChartPanel(font, title, say("step"), valueTitle, say("epoch %d"), run.lastStep(),
                run.started().stepsPerEpoch());
    }

    private double[] steps() { return run.steps().stream().mapToDouble(StepDone::step).toArray(); }

    private double[] losses() { return run.steps().stream().mapToDouble(StepDone::loss).toArray(); }

    private double[] evaluatedSteps() { return run.evaluations().stream().mapToDouble(Evaluated::step).toArray(); }

    private double[] evaluatedLosses() { return run.evaluations().stream().mapToDouble(Evaluated::loss).toArray(); }

    /** Steps that one point of the smooth line averages: about a twentieth of the run, an odd number. */
    private int averaged() { return run.steps().size() / 40 * 2 + 1; }

    /**
     * Mean of the steps around each, as many before as after, so that the line does not lag; steps that are not finite
     * interrupt it and count for none.
     */
    private double[] movingMean() { return movingMean(losses()); }

    private double[] movingMean(double[] losses) {
        // sums[i], counts[i]: of the finite ones before i
        double[] sums = new double[losses.length + 1];
        int[] counts = new int[losses.length + 1];
        for (int i = 0; i < losses.length; i++) {
            boolean finite = Double.isFinite(losses[i]);
            sums[i + 1] = sums[i] + (finite ? losses[i] : 0);
            counts[i + 1] = counts[i] + (finite ? 1 : 0);
        }
        int reach = averaged() / 2;
        return IntStream.range(0, losses.length).mapToDouble(i -> {
            int from = Math.max(0, i - reach), to = Math.min(losses.length, i + reach + 1);
            return Double.isFinite(losses[i]) ? (sums[to] - sums[from]) / (counts[to] - counts[from]) : Double.NaN;
        }).toArray();
    }

    private String say(String english, Object... arguments) { return language.in(english, arguments); }
}
