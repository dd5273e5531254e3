package io.weft.objective.preference;


/** The logistic function, exact for numbers of any size. */
final class Logistic {
    private Logistic() {}

    /** 1 / (1 + e^-x). */
    static double sigmoid(double x) { return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)); }

    /** log(1 / (1 + e^-x)). */
    static double logSigmoid(double x) { return Math.min(0, x) - Math.log1p(Math.exp(-Math.abs(x))); }
}
