package io.weft.generate;

import java.util.Arrays;
import java.util.BitSet;
import java.util.PriorityQueue;

/**
 * From the logits of one place to the token that stands there. Scores are changed in place; a token that cannot be
 * drawn any more has minus infinity.
 */
final class NextToken {
    private static final float GONE = Float.NEGATIVE_INFINITY;

    private NextToken() {}

    /** All of the settings, in Hugging Face's order. @param scores [V]  @param seen tokens of prompt and answer */
    static void process(float[] scores, BitSet seen, Sampling sampling) {
        repetitionPenalty(scores, seen, sampling.repetitionPenalty());
        if (sampling.isGreedy()) {
            return;
        }
        temperature(scores, sampling.temperature());
        topK(scores, sampling.topK());
        topP(scores, sampling.topP());
        minP(scores, sampling.minP());
    }

    private static void repetitionPenalty(float[] scores, BitSet seen, double penalty) {
        if (penalty != 1) {
            seen.stream()
                    .forEach(id -> scores[id] = (float) (scores[id] < 0 ? scores[id] * penalty : scores[id] / penalty));
        }
    }

    private static void temperature(float[] scores, double temperature) {
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) (scores[i] / temperature);
        }
    }

    private static void topK(float[] scores, int k) {
        if (k == 0 || k >= scores.length) {
            return;
        }
        PriorityQueue<Float> highest = new PriorityQueue<>(k);
        for (float score : scores) {
            if (highest.size() < k) {
                highest.add(score);
            } else if (score > highest.peek()) {
                highest.poll();
                highest.add(score);
            }
        }
        keepFrom(scores, highest.peek());
    }

    private static void topP(float[] scores, double p) {
        if (p == 1) {
            return;
        }
        float max = scores[highest(scores)];
        double[] weights = new double[scores.length]; // once: an exponential is what takes time here
        double total = 0;
        for (int i = 0; i < scores.length; i++) {
            weights[i] = scores[i] > GONE ? Math.exp(scores[i] - max) : 0;
            total += weights[i];
        }
        float floor = GONE;
        for (float depth = 4; depth <= 32; depth *= 2) { // only what is near the top has to be sorted
            if (mass(scores, weights, max - depth) >= p * total) {
                floor = max - depth;
                break;
            }
        }
        long[] ascending = ascending(scores, floor);
        double before = 0;
        int kept = 0;
        while (kept < ascending.length && before < p * total) {
            kept++;
            before += weights[(int) ascending[ascending.length - kept]];
        }
        float[] survivors = new float[scores.length];
        Arrays.fill(survivors, GONE);
        for (int n = ascending.length - kept; n < ascending.length; n++) {
            survivors[(int) ascending[n]] = scores[(int) ascending[n]];
        }
        System.arraycopy(survivors, 0, scores, 0, scores.length);
    }

    private static void minP(float[] scores, double p) {
        if (p > 0) {
            keepFrom(scores, (float) (scores[highest(scores)] + Math.log(p)));
        }
    }

    private static void keepFrom(float[] scores, float least) {
        for (int i = 0; i < scores.length; i++) {
            scores[i] = scores[i] < least ? GONE : scores[i];
        }
    }

    /** Sum of the weights of the scores from {@code floor} up. */
    private static double mass(float[] scores, double[] weights, float floor) {
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            sum += scores[i] >= floor ? weights[i] : 0;
        }
        return sum;
    }

    /** Sum of exp(score - max) over the scores from {@code floor} up. */
    private static double mass(float[] scores, float floor, float max) {
        double sum = 0;
        for (float score : scores) {
            if (score >= floor && score > GONE) {
                sum += Math.exp(score - max);
            }
        }
        return sum;
    }

    /**
     * Ids of the scores from {@code floor} up in the low half of each element, ascending by score; of equal scores the
     * lower id first, as torch sorts.
     */
    private static long[] ascending(float[] scores, float floor) {
        long[] keys = new long[scores.length];
        int count = 0;
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] >= floor && scores[i] > GONE) {
                int bits = Float.floatToIntBits(scores[i] + 0f); // + 0: minus zero sorts as zero
                // as whole numbers in the order of the floats
                keys[count++] = (long) (bits ^ (bits >> 31 & Integer.MAX_VALUE)) << 32 | i;
            }
        }
        long[] sorted = Arrays.copyOf(keys, count);
        Arrays.sort(sorted);
        return sorted;
    }

    /** The first of the highest scores. */
    static int highest(float[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return best;
    }

    /**
     * A token drawn with probability softmax(scores).
     *
     * @param scores finite or minus infinity
     * @param uniform in [0, 1)
     */
    static int draw(float[] scores, double uniform) {
        int best = highest(scores);
        float max = scores[best];
        double target = uniform * mass(scores, GONE, max), sum = 0;
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] > GONE) {
                sum += Math.exp(scores[i] - max);
                if (sum > target) {
                    return i;
                }
            }
        }
        return best; // not reached: the same sum, in the same order, exceeds any share of itself
    }
}
