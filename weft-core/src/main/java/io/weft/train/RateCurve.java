package io.weft.train;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What became of the loss while the learning rate rose, and the rate that follows from it. The loss of a step is
 * compared with that of the same rows before anything was learned, so that rows which are hard or easy do not show.
 *
 * <p>The rate at which the loss was lowest says little: once most is learned the curve lies flat, and the more steps a
 * sweep has, the earlier it does. Where the flat part ends depends on the rate alone: above it steps undo what was
 * learned. The suggestion keeps a fixed distance from that edge.
 *
 * @param points in the order of their rates; the last ones may be no numbers
 */
public record RateCurve(List<Point> points) {
    /** Rates up to so many times higher or lower count in the smoothed curve. */
    private static final double NEAR = 1.5;
    /** The flat part is where the loss fell by so much of what it fell at the most. */
    private static final double FLAT = 0.9;
    /** How far below its end the suggestion lies. */
    private static final double BELOW = 3;

    public RateCurve { points = List.copyOf(points); }

    /** @param loss after steps up to this rate  @param before that of the same rows, untouched */
    public record Point(double rate, double loss, double before) {
        /** As a share of the loss before; below 0 where it fell. */
        public double change() { return (loss - before) / Math.abs(before); }
    }

    /**
     * @param rate     to train with  @param edge the highest rate that did no harm
     * @param fall     how far the loss was below the untouched model's at its lowest, as a share of that
     * @param isAtEnd  whether no harm was done up to the end of the sweep
     */
    public record Suggestion(double rate, double edge, double fall, boolean isAtEnd) {}

    /** The changes, smoothed; no number where the loss was none. */
    public double[] smooth() {
        return points.stream().mapToDouble(at -> points.stream().filter(point -> point.rate() <= NEAR * at.rate()
                && NEAR * point.rate() >= at.rate()).mapToDouble(Point::change).average().orElse(Double.NaN)).toArray();
    }

    /** From the end of the flat part. */
    public Suggestion suggestion() {
        double[] smooth = smooth();
        double lowest = IntStream.range(0, smooth.length).mapToDouble(i -> smooth[i]).filter(Double::isFinite).min()
                .orElse(0);
        int edge = IntStream.range(0, smooth.length).filter(i -> smooth[i] <= FLAT * lowest).max().orElse(0);
        return new Suggestion(points.get(edge).rate() / BELOW, points.get(edge).rate(), -lowest,
                edge == smooth.length - 1);
    }
}
