package io.weft.app.watch;

import io.weft.problem.Language;
import io.weft.train.RateCurve;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A range test as a picture, {@code range.png}: what became of the loss while the learning rate rose. */
public final class RateChart {
    private static final int INCHES_WIDE = 8, INCHES_HIGH = 5;

    private RateChart() {}

    /** @throws io.weft.problem.UserError when no font is installed or the disk refuses */
    public static void write(Path file, RateCurve curve) {
        PngFile.write(file, picture(curve), PanelPicture.DOTS_PER_INCH);
    }

    static BufferedImage picture(RateCurve curve) {
        Optional<Font> chinese = Language.current() == Language.CHINESE
                ? ChartFont.showing(Language.CHINESE.in("Loss at rising learning rates")) : Optional.empty();
        Language language = chinese.isPresent() ? Language.CHINESE : Language.ENGLISH;
        List<RateCurve.Point> points = curve.points();
        double[] rates = points.stream().mapToDouble(RateCurve.Point::rate).toArray();
        RateCurve.Suggestion suggested = curve.suggestion();
        double[] smooth = curve.smooth();
        double at = at(rates, smooth, suggested.rate());
        ChartPanel panel = ChartPanel.overRates(chinese.orElseGet(ChartFont::latin),
                language.in("Loss at rising learning rates"), language.in("learning rate"),
                language.in("loss, less the untouched model's"), rates[0], rates[rates.length - 1])
                .thin(language.in("each step"), ChartPanel.PALE_BLUE, rates,
                points.stream().mapToDouble(RateCurve.Point::change).toArray())
                .line(language.in("smoothed"), ChartPanel.BLUE, rates, smooth)
                .points(language.in("suggested"), ChartPanel.RED, SeriesMarkers.DIAMOND,
                new double[] {suggested.rate()}, new double[] {at});
        return PanelPicture.of(INCHES_WIDE, INCHES_HIGH, List.of(panel), 1);
    }

    /** The smooth curve at a rate between two of its own. */
    private static double at(double[] rates, double[] smooth, double rate) {
        int after = 0;
        while (after < rates.length - 1 && rates[after] < rate) {
            after++;
        }
        return smooth[after];
    }
}
