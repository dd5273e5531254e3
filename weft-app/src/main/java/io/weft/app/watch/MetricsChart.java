package io.weft.app.watch;

import io.weft.problem.Language;
import io.weft.run.RunEvent;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvents;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The run as a picture, {@code training_metrics.png}: training loss, held-out loss, learning rate, and both losses, 12
 * x 8 inches at 300 dots an inch. All four panels share the axis of steps, every point stands at the step it belongs
 * to, and epochs are marked. Thin lines are single steps, the thick one their running mean.
 */
public final class MetricsChart {
    private static final int INCHES_WIDE = 12, INCHES_HIGH = 8, DOTS_PER_INCH = 300;
    private static final int UNITS_PER_INCH = 100;                                   // what panels measure in
    private static final int PANEL_WIDTH = INCHES_WIDE * UNITS_PER_INCH / 2,
    PANEL_HEIGHT = INCHES_HIGH * UNITS_PER_INCH / 2;

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
        PngFile.write(file, picture(events), DOTS_PER_INCH);
    }

    static BufferedImage picture(List<RunEvent> events) {
        return new MetricsChart(RunEvents.of(events), Language.current()).drawn();
    }

    private BufferedImage drawn() {
        var picture = new BufferedImage(INCHES_WIDE * DOTS_PER_INCH, INCHES_HIGH * DOTS_PER_INCH,
                BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.scale((double) DOTS_PER_INCH / UNITS_PER_INCH, (double) DOTS_PER_INCH / UNITS_PER_INCH);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, 2 * PANEL_WIDTH, 2 * PANEL_HEIGHT);
        draw(trainingLoss(), graphics, 0, 0);
        draw(heldOutLoss(), graphics, 1, 0);
        draw(learningRate(), graphics, 0, 1);
        draw(bothLosses(), graphics, 1, 1);
        graphics.dispose();
        return picture;
    }

    private static void draw(ChartPanel panel, Graphics2D graphics, int column, int row) {
        Graphics2D part = (Graphics2D) graphics.create();
        part.translate(column * PANEL_WIDTH, row * PANEL_HEIGHT);
        panel.paint(part, PANEL_WIDTH, PANEL_HEIGHT);
        part.dispose();
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
    private double[] movingMean() {
        // sums[i], counts[i]: of the finite ones before i
        double[] losses = losses(), sums = new double[losses.length + 1];
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
