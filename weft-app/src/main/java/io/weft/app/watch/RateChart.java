package io.weft.app.watch;

import io.weft.problem.Language;
import io.weft.train.RateCurve;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A range test as a picture, {@code range.png}: what became of the loss while the learning rate rose. */
public final class RateChart {
    private static final int INCHES_WIDE = 8, INCHES_HIGH = 5;
    private final Language language;
    private final Font font;

    private RateChart(Language wanted) {
        Optional<Font> chinese = wanted == Language.CHINESE
                ? ChartFont.showing(Language.CHINESE.in("Loss at rising learning rates")) : Optional.empty();
        language = chinese.isPresent() ? Language.CHINESE : Language.ENGLISH;
        font = chinese.orElseGet(ChartFont::latin);
    }

    /**
     * Draws the curve in this process's language where an installed font shows it, else in English.
     * @throws io.weft.problem.UserError when no font is installed or the disk refuses
     */
    public static void write(Path file, RateCurve curve) {
        PngFile.write(file, picture(curve), PanelPicture.DOTS_PER_INCH);
    }

    static BufferedImage picture(RateCurve curve) {
        return PanelPicture.of(INCHES_WIDE, INCHES_HIGH, List.of(new RateChart(Language.current()).panel(curve)), 1);
    }

    private ChartPanel panel(RateCurve curve) {
        List<RateCurve.Point> points = curve.points();
        double[] rates = points.stream().mapToDouble(RateCurve.Point::rate).toArray(), smooth = curve.smooth();
        double suggested = curve.suggestion().rate();
        int at = IntStream.range(0, rates.length).filter(i -> rates[i] >= suggested).findFirst().orElse(0);
        return ChartPanel.overRates(font, say("Loss at rising learning rates"), say("learning rate"),
                say("change of the loss, untouched = 0"), rates[0], rates[rates.length - 1])
                .thin(say("each step"), ChartPanel.PALE_BLUE, rates,
                points.stream().mapToDouble(RateCurve.Point::change).toArray())
                .line(say("smoothed"), ChartPanel.BLUE, rates, smooth)
                .points(say("suggested"), ChartPanel.RED, SeriesMarkers.DIAMOND, new double[] {suggested},
                new double[] {smooth[at]});
    }

    private String say(String english) { return language.in(english); }
}
