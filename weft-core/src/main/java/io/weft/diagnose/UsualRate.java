package io.weft.diagnose;

/**
 * The learning rates at which a way of tuning usually works, for a model of some size. The usual one is meant for
 * models of about a thousand million weights; a narrower model takes more in proportion to its width (Yang et al. 2022,
 * arXiv:2203.03466, table 8), which goes about as the cube root of its weights.
 *
 * @param rate the middle
 */
public record UsualRate(double rate) {
    private static final double WEIGHTS = 1e9, MOST = 10, RANGE = 20;

    /** @param method the tuning method's own  @param weights of the model, trained or not */
    static UsualRate of(double method, long weights) {
        return new UsualRate(method * Math.min(MOST, Math.max(1, Math.cbrt(WEIGHTS / Math.max(1, weights)))));
    }

    /** Below it hardly anything is learned. @param method the tuning method's own */
    public static double low(double method) { return method / RANGE; }

    /** Above it training usually breaks. */
    public double high() { return RANGE * rate; }

    /** As a recipe spells it, in two digits: 0.0014, 2e-4. */
    public static String shown(double rate) {
        double rounded = Double.parseDouble(String.format(java.util.Locale.ROOT, "%.1e", rate));
        return Double.toString(rounded).replace(".0E", "E").replace('E', 'e');
    }
}
