package io.weft.generate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * How likely a token was where it stands, under the model's own distribution: before temperature and what else chooses.
 *
 * @param logprob natural logarithm
 * @param likeliest tokens of that place, the likeliest first, each without likeliest of its own
 */
public record TokenLogprob(int id, double logprob, List<TokenLogprob> likeliest) {
    public TokenLogprob { likeliest = List.copyOf(likeliest); }

    /** Of the tokens of one place. */
    static final class Place {
        private final float[] logits;
        private final double sum;
        private final List<TokenLogprob> likeliest;

        /** @param logits [V] of the model, copied  @param told how many of the likeliest are told */
        Place(float[] logits, int told) {
            this.logits = logits.clone();
            float highest = logits[NextToken.highest(logits)];
            double total = 0;
            for (float logit : logits) {
                total += Math.exp(logit - highest);
            }
            sum = highest + Math.log(total);
            likeliest = likeliest(told);
        }

        private List<TokenLogprob> likeliest(int told) {
            // of equal ones the lower id is the likelier, as highest has it
            Comparator<Integer> byLogit = Comparator.comparingDouble(id -> logits[id]);
            PriorityQueue<Integer> best = new PriorityQueue<>(Math.max(1, told),
                    byLogit.thenComparing(Comparator.reverseOrder()));
            for (int id = 0; id < logits.length && told > 0; id++) {
                if (best.size() < told) {
                    best.add(id);
                } else if (logits[id] > logits[best.peek()]) {
                    best.poll();
                    best.add(id);
                }
            }
            List<TokenLogprob> ascending = new ArrayList<>();
            while (!best.isEmpty()) {
                ascending.add(0, alone(best.poll()));
            }
            return ascending;
        }

        private TokenLogprob alone(int id) { return new TokenLogprob(id, logits[id] - sum, List.of()); }

        TokenLogprob of(int id) { return new TokenLogprob(id, logits[id] - sum, likeliest); }
    }
}
