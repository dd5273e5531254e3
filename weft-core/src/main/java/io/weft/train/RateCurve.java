package io.weft.train;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What became of the loss while the learning rate rose, and the rate that follows from it. The loss of a step is
 * compared with that of the same rows before anything was learned, so that rows which are hard or easy do not show.
 *
 * @param points in the order of their rates; the last ones may be no numbers
 */
public record RateCurve(List<Point> points) {
    /** Points on each side over which the curve is smoothed. */
    private static final int REACH = 2;
    /** The suggestion is so far below the rate at which the loss was lowest: there it is about to rise. */
    private static final double BELOW = 3;

    public RateCurve { points = List.copyOf(points); }

    /** @param loss after steps up to this rate  @param before that of the same rows, untouched */
    public record Point(double rate, double loss, double before) {
        public double change() { return loss - before; }
    }

    /**
     * @param rate     to train with  @param lowest the rate at which the loss was lowest
     * @param fall     how far the loss was below the untouched model's there, in parts of it
     * @param isAtEnd  whether the loss still fell when the sweep ended
     */
    public record Suggestion(double rate, double lowest, double fall, boolean isAtEnd) {}

    /** The changes, smoothed; no number where the loss was none. */
    public double[] smooth() {
        return IntStream.range(0, points.size()).mapToDouble(i -> IntStream.rangeClosed(Math.max(0, i - REACH),
                Math.min(points.size() - 1, i + REACH)).mapToDouble(at -> points.get(at).change()).average()
                .orElse(Double.NaN)).toArray();
    }

    /** Where the loss was lowest. */
    public Suggestion suggestion() {
        double[] smooth = smooth();
        int lowest = IntStream.range(0, smooth.length).filter(i -> Double.isFinite(smooth[i])).boxed()
                .min((a, b) -> Double.compare(smooth[a], smooth[b])).orElse(0);
        Point at = points.get(lowest);
        return new Suggestion(at.rate() / BELOW, at.rate(), -smooth[lowest] / Math.abs(at.before()),
                lowest >= smooth.length - 1 - REACH);
    }
}
