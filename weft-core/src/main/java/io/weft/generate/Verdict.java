package io.weft.generate;

import java.util.List;

/**
 * What a model with a head for rows says of one row.
 *
 * @param labels that it tells apart; a single one where it gives scores
 * @param logits of each label, or the score
 */
public record Verdict(List<String> labels, float[] logits) {
    public Verdict {
        labels = List.copyOf(labels);
        if (labels.size() != logits.length) {
            throw new IllegalArgumentException(logits.length + " logits for " + labels.size() + " labels");
        }
    }

    /** Whether it is a score, and no label. */
    public boolean isScore() { return labels.size() == 1; }

    /** The score, where it is one. */
    public double score() { return logits[0]; }

    /** The likeliest label. */
    public String label() { return labels.get(likeliest()); }

    /** How likely the likeliest label is. */
    public double probability() { return probabilities()[likeliest()]; }

    private int likeliest() {
        int best = 0;
        for (int label = 1; label < logits.length; label++) {
            best = logits[label] > logits[best] ? label : best;
        }
        return best;
    }

    /** Of each label: the softmax of the logits. */
    public double[] probabilities() {
        double[] shares = new double[logits.length];
        double sum = 0;
        for (int label = 0; label < shares.length; label++) {
            shares[label] = Math.exp((double) logits[label] - logits[likeliest()]);
            sum += shares[label];
        }
        for (int label = 0; label < shares.length; label++) {
            shares[label] /= sum;
        }
        return shares;
    }
}
