package io.weft.app.watch;

import io.weft.problem.Language;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent;
import io.weft.run.SomeRun;
import io.weft.train.RateCurve;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Set -Dweft.charts=DIR to keep the pictures and look at them. */
class MetricsChartTest {
    private static final int LEFT = 0, RIGHT = 1800, TOP = 0, BOTTOM = 1200;   // where the panels begin, in pixels
    private final Language before = Language.current();
    @TempDir Path folder;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @Test void thePictureIsTwelveByEightInchesAtThreeHundredDotsAnInch() throws IOException {
        Path file = folder.resolve("training_metrics.png");
        MetricsChart.write(file, SomeRun.of(312, 104, 50));
        BufferedImage picture = ImageIO.read(file.toFile());
        assertThat(picture.getWidth()).isEqualTo(3600);
        assertThat(picture.getHeight()).isEqualTo(2400);
        byte[] bytes = Files.readAllBytes(file);
        int resolution = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("pHYs") + 4;
        assertThat(ByteBuffer.wrap(bytes).getInt(resolution)).as("dots a metre").isEqualTo(11811);
        assertThat(ByteBuffer.wrap(bytes).getInt(resolution + 4)).isEqualTo(11811);
        assertThat(bytes[resolution + 8]).as("the unit is the metre").isEqualTo((byte) 1);
    }

    @Test void eachPanelHoldsItsCurves() throws IOException {
        BufferedImage picture = drawn("whole", SomeRun.of(312, 104, 50));
        assertThat(pixels(picture, LEFT, TOP, ChartPanel.BLUE)).isPositive();
        assertThat(pixels(picture, LEFT, TOP, ChartPanel.ORANGE)).isZero();
        assertThat(pixels(picture, RIGHT, TOP, ChartPanel.ORANGE)).isPositive();
        assertThat(pixels(picture, RIGHT, TOP, ChartPanel.RED)).as("the best evaluation").isPositive();
        assertThat(pixels(picture, LEFT, BOTTOM, ChartPanel.GREEN)).isPositive();
        assertThat(pixels(picture, RIGHT, BOTTOM, ChartPanel.BLUE)).isPositive();
        assertThat(pixels(picture, RIGHT, BOTTOM, ChartPanel.ORANGE)).isPositive();
    }

    @Test void bothLossesShareTheAxisOfSteps() throws IOException {
        // the held-out loss of the last step stands above the end of the training loss, not a tenth of the way along,
        // as when points are numbered instead of placed
        BufferedImage picture = drawn("axes", SomeRun.of(300, 100, 50));
        int trainingEnds = rightmost(picture, RIGHT, BOTTOM, ChartPanel.BLUE),
                heldOutEnds = rightmost(picture, RIGHT, BOTTOM, ChartPanel.ORANGE);
        assertThat(heldOutEnds - trainingEnds).as("half a marker's width").isBetween(0, 15);
    }

    @Test void aRunWithoutEvaluationLeavesItsPanelEmpty() throws IOException {
        BufferedImage picture = drawn("no-evaluation", SomeRun.of(40, 3, 0));
        assertThat(pixels(picture, RIGHT, TOP, ChartPanel.ORANGE)).isZero();
        assertThat(pixels(picture, RIGHT, BOTTOM, ChartPanel.BLUE)).isPositive();
    }

    @Test void whatAnObjectiveMeasuresHasPanelsBelow() throws IOException {
        List<RunEvent> events = SomeRun.of(60, 20, 10).stream().map(event -> {
            if (event instanceof StepDone done) {
                return new StepDone(done.step(), done.epoch(), done.loss(), 1, done.learningRate(), 1, 1, 1,
                        metrics(done.step()));
            }
            return event instanceof Evaluated one ? new Evaluated(one.step(), one.epoch(), one.loss(), 1, 1,
                    one.best(), 1, metrics(one.step())) : event;
        }).collect(Collectors.toList());
        BufferedImage picture = drawn("metrics", events);
        assertThat(picture.getHeight()).as("rewards, accuracies and kl in two rows more").isEqualTo(4800);
        assertThat(pixels(picture, LEFT, 2400, ChartPanel.BLUE)).isPositive();
        assertThat(pixels(picture, LEFT, 2400, ChartPanel.ORANGE)).as("chosen and rejected share a panel").isPositive();
        assertThat(pixels(picture, RIGHT, 2400, ChartPanel.BLUE)).isPositive();
        assertThat(pixels(picture, LEFT, 3600, ChartPanel.BLUE)).isPositive();
        assertThat(pixels(picture, RIGHT, 3600, ChartPanel.BLUE)).isZero();
    }

    private static Map<String, Double> metrics(int step) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("rewards/chosen", 0.02 * step);
        metrics.put("rewards/rejected", -0.01 * step);
        metrics.put("rewards/accuracies", Math.min(1, 0.5 + 0.01 * step));
        metrics.put("kl", 0.1 * Math.sqrt(step));
        return metrics;
    }

    @Test void aRangeTestIsDrawnOverItsRates() throws IOException {
        List<RateCurve.Point> points = IntStream.range(0, 40)
                .mapToObj(i -> new RateCurve.Point(Math.pow(10, -5 + i / 10.0),
                i < 30 ? 3 - i / 15.0 : 1 + (i - 29) * 0.5, 3)).collect(Collectors.toList());
        RateCurve curve = new RateCurve(points);
        Path file = folder.resolve("range.png");
        RateChart.write(file, curve);
        BufferedImage picture = ImageIO.read(file.toFile());
        assertThat(picture.getWidth()).isEqualTo(2400);
        long red = IntStream.range(0, picture.getHeight()).mapToLong(y -> IntStream.range(0, picture.getWidth())
                .filter(x -> new Color(picture.getRGB(x, y)).equals(ChartPanel.RED)).count()).sum();
        assertThat(red).as("the suggestion").isPositive();
        assertThat(curve.suggestion().rate()).isLessThan(curve.suggestion().edge()).isBetween(1e-3, 1e-2);
    }

    @Test void oneStepIsAPoint() throws IOException {
        BufferedImage picture = drawn("one-step", SomeRun.of(1, 1, 1));
        assertThat(pixels(picture, LEFT, TOP, ChartPanel.BLUE)).isPositive();
    }

    @Test void aRunBeforeItsFirstStepIsDrawnEmpty() throws IOException {
        BufferedImage picture = drawn("no-step", SomeRun.of(10, 5, 5).subList(0, 1));
        assertThat(pixels(picture, LEFT, TOP, ChartPanel.BLUE)).isZero();
    }

    @Test void lossesThatAreNotFiniteInterruptTheLineAndAreMarked() throws IOException {
        List<RunEvent> events = SomeRun.of(30, 10, 10).stream()
                .map(event -> event instanceof StepDone done && done.step() > 10 && done.step() < 15
                ? new StepDone(done.step(), done.epoch(), done.step() == 12 ? Double.POSITIVE_INFINITY : Double.NaN,
                Double.NaN, done.learningRate(), 1, 1, 1) : event).collect(Collectors.toList());
        BufferedImage picture = drawn("not-finite", events);
        assertThat(pixels(picture, LEFT, TOP, ChartPanel.RED)).isPositive();
        assertThat(pixels(drawn("all-finite", SomeRun.of(30, 10, 10)), LEFT, TOP, ChartPanel.RED)).isZero();
    }

    @Test void chineseIsDrawnWhereAFontShowsItAndEnglishElsewhere() throws IOException {
        BufferedImage english = drawn("english", SomeRun.of(60, 20, 10));
        Language.use(Language.CHINESE);
        BufferedImage chinese = drawn("chinese", SomeRun.of(60, 20, 10));
        boolean same = IntStream.range(0, english.getHeight())
                .allMatch(y -> IntStream.range(0, english.getWidth())
                .allMatch(x -> english.getRGB(x, y) == chinese.getRGB(x, y)));
        assertThat(same).isEqualTo(ChartFont.showing("训练损失").isEmpty());
    }

    private static BufferedImage drawn(String name, List<RunEvent> events) throws IOException {
        String kept = System.getProperty("weft.charts");
        if (kept != null) {
            MetricsChart.write(Files.createDirectories(Path.of(kept)).resolve(name + ".png"), events);
        }
        return MetricsChart.picture(events);
    }

    /** Pixels of a colour in the frame of a panel, its legend left out. */
    private static long pixels(BufferedImage picture, int left, int top, Color colour) {
        return IntStream.range(top, top + 1080).mapToLong(y -> IntStream.range(left, left + 1800)
                .filter(x -> picture.getRGB(x, y) == colour.getRGB()).count()).sum();
    }

    private static int rightmost(BufferedImage picture, int left, int top, Color colour) {
        return IntStream.range(left, left + 1800).filter(x -> IntStream.range(top, top + 1080)
                .anyMatch(y -> picture.getRGB(x, y) == colour.getRGB())).max().orElseThrow();
    }
}
