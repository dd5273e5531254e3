package io.weft.app.watch;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * One panel of {@link MetricsChart}: values over steps, from step 0 to the last, with a dashed line where an epoch
 * ends. Sizes are in hundredths of an inch.
 */
final class ChartPanel {
    /** Colours that the colour-blind can tell apart (Okabe and Ito 2008). */
    static final Color BLUE = new Color(0x0072b2), ORANGE = new Color(0xd55e00), GREEN = new Color(0x009e73),
            PALE_BLUE = new Color(0xa6cbe6), RED = new Color(0xcc0033);
    private static final Color INK = new Color(0x222222), MUTED = new Color(0x666666), GREY = new Color(0x999999),
            GRID = new Color(0xe8e8e8);
    private static final BasicStroke THICK = round(2.2f), THIN = round(0.8f),
            DASHED = new BasicStroke(0.9f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {4, 4}, 0);
    // between the curves and the frame, as a part of their range
    private static final double ROOM = 0.05;
    private static final int MOST_EPOCHS_MARKED = 8;
    // room for the title with the epochs, for the legend, and for the last epoch's label
    private static final int ABOVE = 44, BELOW = 30, RIGHT = 10;
    private static final int KEY = 26, GAP = 7, MARKER = 7;
    // the same in all panels, so that their frames stand above each other
    private static final int LEFT_OF_PLOT = 88;

    private static final String UNNAMED = "\u0000";
    private final Font font;
    private final String title, stepTitle, valueTitle, epochLabel;
    private final int lastStep, stepsPerEpoch;
    private final List<Curve> curves = new ArrayList<>();
    private boolean scientific;
    private boolean overRates;
    private double lowest, highest;
    private String note = "";

    /** @param epochLabel with %d for its number */
    ChartPanel(Font font, String title, String stepTitle, String valueTitle, String epochLabel, int lastStep,
            int stepsPerEpoch) {
        this.font = font;
        this.title = title;
        this.stepTitle = stepTitle;
        this.valueTitle = valueTitle;
        this.epochLabel = epochLabel;
        this.lastStep = Math.max(1, lastStep);
        this.stepsPerEpoch = Math.max(1, stepsPerEpoch);
    }

    /** A panel over learning rates, in powers of ten, in place of steps. */
    static ChartPanel overRates(Font font, String title, String rateTitle, String valueTitle, double lowest,
            double highest) {
        var panel = new ChartPanel(font, title, rateTitle, valueTitle, "", 1, Integer.MAX_VALUE);
        panel.overRates = true;
        panel.lowest = Math.log10(lowest);
        panel.highest = Math.log10(highest);
        return panel;
    }

    /** Values that are not finite interrupt the line. */
    private record Curve(String name, Color colour, BasicStroke stroke, Marker marker, double[] steps,
            double[] values) {
        double[] finite() { return Arrays.stream(values).filter(Double::isFinite).toArray(); }
    }

    /** Values of which there are many, as a background to their {@link #line}. */
    ChartPanel thin(String name, Color colour, double[] steps, double[] values) {
        return add(new Curve(name, colour, THIN, SeriesMarkers.NONE, steps, values));
    }

    ChartPanel line(String name, Color colour, double[] steps, double[] values) {
        // a line of one point shows nothing
        Marker marker = values.length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE;
        return add(new Curve(name, colour, THICK, marker, steps, values));
    }

    /** A line whose points are few enough to be seen. */
    ChartPanel dots(String name, Color colour, double[] steps, double[] values) {
        return add(new Curve(name, colour, THICK, SeriesMarkers.CIRCLE, steps, values));
    }

    /** Points that stand out, without a line between them. */
    ChartPanel points(String name, Color colour, Marker marker, double[] steps, double[] values) {
        return add(new Curve(name, colour, null, marker, steps, values));
    }

    /** The same, not in the legend. @param name of no other curve */
    ChartPanel unnamedPoints(String name, Color colour, Marker marker, double[] steps, double[] values) {
        return points(UNNAMED + name, colour, marker, steps, values);
    }

    private ChartPanel add(Curve curve) {
        if (curve.finite().length > 0) {
            curves.add(overRates ? new Curve(curve.name(), curve.colour(), curve.stroke(), curve.marker(),
                    Arrays.stream(curve.steps()).map(Math::log10).toArray(), curve.values()) : curve);
        }
        return this;
    }

    /** Labels such as 2e-4 on the axis of values. */
    ChartPanel scientific() {
        scientific = true;
        return this;
    }

    /** What an empty panel says. */
    ChartPanel note(String text) {
        note = text;
        return this;
    }

    void paint(Graphics2D graphics, int width, int height) {
        double[] values = curves.stream().flatMapToDouble(curve -> Arrays.stream(curve.finite())).toArray();
        double lowest = Arrays.stream(values).min().orElse(0), highest = Arrays.stream(values).max().orElse(1);
        // a flat curve gets an axis too
        double room = highest > lowest ? ROOM * (highest - lowest) : Math.max(0.1 * Math.abs(highest), 1e-12);
        double bottom = lowest - room, top = highest + room;
        XYChart chart = chart(width - RIGHT, height - ABOVE - BELOW, bottom, top);
        addEpochs(chart, bottom, top);
        curves.forEach(curve -> add(chart, curve));
        graphics.translate(0, ABOVE);
        chart.paint(graphics, chart.getWidth(), chart.getHeight());
        graphics.translate(0, -ABOVE);
        double left = chart.getScreenXFromChart(leftmost()), right = chart.getScreenXFromChart(rightmost()),
                upper = ABOVE + chart.getScreenYFromChart(top);
        centred(graphics, title, font.deriveFont(Font.BOLD, 17), INK, (left + right) / 2, upper - 34);
        if (curves.isEmpty()) {
            centred(graphics, note, font.deriveFont(15f), MUTED, (left + right) / 2,
                    ABOVE + chart.getScreenYFromChart((bottom + top) / 2));
        } else {
            markedEpochs().forEach(epoch -> centred(graphics, String.format(epochLabel, epoch), font.deriveFont(11f),
                    MUTED, chart.getScreenXFromChart(endOf(epoch)), upper - 10));
            drawLegend(graphics, (left + right) / 2, height - BELOW / 2.0);
        }
    }

    private double leftmost() { return overRates ? lowest : -ROOM / 2 * lastStep; }

    private double rightmost() { return overRates ? highest : (1 + ROOM / 2) * lastStep; }

    private double endOf(int epoch) { return (double) epoch * stepsPerEpoch; }

    /** All epochs that ended, or every n-th when there are many. */
    private List<Integer> markedEpochs() {
        int epochs = lastStep / stepsPerEpoch;
        int every = Math.max(1, (int) Math.ceil((double) epochs / MOST_EPOCHS_MARKED));
        return IntStream.rangeClosed(1, epochs / every).mapToObj(i -> i * every).collect(Collectors.toList());
    }

    private XYChart chart(int width, int height, double bottom, double top) {
        var chart = new XYChart(width, height);
        chart.setXAxisTitle(stepTitle);
        chart.setYAxisTitle(valueTitle);
        var style = chart.getStyler();
        style.setXAxisMin(leftmost()).setXAxisMax(rightmost()).setXAxisDecimalPattern("#,##0")
                .setXAxisTickMarkSpacingHint(70)
                .setYAxisMin(bottom).setYAxisMax(top).setYAxisTickMarkSpacingHint(40)
                .setYAxisLabelAlignment(TextAlignment.Right).setYAxisLeftWidthHint(LEFT_OF_PLOT);
        style.setyAxisTickLabelsFormattingFunction(scientific ? ChartPanel::scientific
                : decimals((top - bottom) / 8)::format);
        if (overRates) {
            // xchart's own logarithmic axis does not label what lies between two powers rightly
            style.setxAxisTickLabelsFormattingFunction(power -> format("0.#E0").format(Math.pow(10, power))
                    .replace('E', 'e'));
        }
        style.setAxisTitleFont(font.deriveFont(14f)).setAxisTickLabelsFont(font.deriveFont(12f))
                .setAxisTickLabelsColor(INK).setAxisTickMarksColor(GREY)
                .setAxisTicksLineVisible(false).setAxisTickMarkLength(4).setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(round(0.8f)).setPlotMargin(0).setLocale(Locale.ROOT)
                .setPlotGridLinesVisible(!curves.isEmpty());
        style.setChartBackgroundColor(Color.WHITE).setChartFontColor(INK).setChartPadding(12)
                .setPlotBackgroundColor(Color.WHITE).setPlotBorderColor(GREY).setPlotContentSize(1)
                .setMarkerSize(MARKER).setChartTitleVisible(false).setLegendVisible(false);
        return chart;
    }

    private void addEpochs(XYChart chart, double bottom, double top) {
        if (curves.isEmpty()) {   // a chart without any series cannot be painted
            chart.addSeries("frame", new double[] {0}, new double[] {bottom}).setMarker(SeriesMarkers.NONE);
            return;
        }
        for (int epoch : markedEpochs()) {
            XYSeries mark = chart.addSeries("end of epoch " + epoch, new double[] {endOf(epoch), endOf(epoch)},
                    new double[] {bottom, top});
            mark.setMarker(SeriesMarkers.NONE).setLineColor(GREY).setLineStyle(DASHED);
        }
    }

    private static void add(XYChart chart, Curve curve) {
        double[] values = Arrays.stream(curve.values()).map(value -> Double.isFinite(value) ? value : Double.NaN)
                .toArray();
        XYSeries series = chart.addSeries(curve.name(), curve.steps(), values);
        series.setXYSeriesRenderStyle(curve.stroke() == null ? XYSeriesRenderStyle.Scatter : XYSeriesRenderStyle.Line);
        series.setMarker(curve.marker()).setMarkerColor(curve.colour()).setLineColor(curve.colour());
        if (curve.stroke() != null) {
            series.setLineStyle(curve.stroke());
        }
    }

    /** In one row, evenly spaced; xchart's own would lie over the curves, or crowd its names. */
    private void drawLegend(Graphics2D graphics, double centre, double y) {
        Font small = font.deriveFont(13f);
        var metrics = graphics.getFontMetrics(small);
        List<Curve> named = curves.stream().filter(curve -> !curve.name().startsWith(UNNAMED)).toList();
        double width = named.stream().mapToDouble(curve -> KEY + GAP + metrics.stringWidth(curve.name())).sum()
                + 3 * GAP * (named.size() - 1);
        double x = centre - width / 2;
        for (Curve curve : named) {
            graphics.setColor(curve.colour());
            if (curve.stroke() != null) {
                graphics.setStroke(curve.stroke());
                graphics.draw(new Line2D.Double(x, y, x + KEY, y));
            }
            curve.marker().paint(graphics, x + KEY / 2.0, y, MARKER);
            text(graphics, curve.name(), small, INK, x + KEY + GAP, y);
            x += KEY + GAP + metrics.stringWidth(curve.name()) + 3 * GAP;
        }
    }

    private static void centred(Graphics2D graphics, String text, Font font, Color colour, double x, double y) {
        text(graphics, text, font, colour, x - graphics.getFontMetrics(font).stringWidth(text) / 2.0, y);
    }

    /** @param x where the text begins  @param y the middle of its height */
    private static void text(Graphics2D graphics, String text, Font font, Color colour, double x, double y) {
        graphics.setFont(font);
        graphics.setColor(colour);
        var metrics = graphics.getFontMetrics();
        graphics.drawString(text, (float) x, (float) (y + (metrics.getAscent() - metrics.getDescent()) / 2.0));
    }

    private static BasicStroke round(float width) {
        return new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    }

    private static String scientific(double value) {
        return value == 0 ? "0" : format("0.##E0").format(value).replace('E', 'e');
    }

    /** As many decimals as tell labels apart that lie this far from each other. */
    private static DecimalFormat decimals(double distance) {
        int decimals = (int) Math.min(8, Math.max(1, Math.ceil(-Math.log10(distance))));
        return format("#,##0." + "0".repeat(decimals));
    }

    private static DecimalFormat format(String pattern) {
        return new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT));
    }
}
