package io.weft.metric;

import io.weft.jinja.PythonSpace;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the training rows answer, where the held-out answers could be labels: it tells labels from short free text, and
 * which labels were never learned. Answers are compared without white space at their ends.
 *
 * @param rows   that have an answer
 * @param labels how many rows answer with each held-out label, 0 for one that training never showed
 * @param others how many rows give each other answer, in the order of their first row; no more than {@value
 *     LabelSet#MOST} of them
 * @param more   whether there are still others, or one is too long for a label
 */
public record TrainedAnswers(int rows, Map<String, Integer> labels, Map<String, Integer> others, boolean more) {
    /** @param answers of the training rows, read once */
    public static TrainedAnswers of(LabelSet heldOut, Iterable<String> answers) {
        Map<String, Integer> labels = new LinkedHashMap<>(), others = new LinkedHashMap<>();
        heldOut.labels().forEach(label -> labels.put(label, 0));
        int rows = 0;
        boolean more = false;
        for (String text : answers) {
            String answer = PythonSpace.strip(text);
            rows++;
            if (labels.containsKey(answer)) {
                labels.merge(answer, 1, Integer::sum);
            } else if (others.containsKey(answer) || others.size() < LabelSet.MOST && LabelSet.isShort(answer)) {
                others.merge(answer, 1, Integer::sum);
            } else {
                more = true;
            }
        }
        return new TrainedAnswers(rows, labels, others, more);
    }

    /** Training rows that answer with a held-out label. */
    public int labelled() { return labels.values().stream().mapToInt(Integer::intValue).sum(); }

    /**
     * Whether training learned labels: half of its rows or more answer with one of the held-out answers, or all of its
     * answers are few, short and given twice on average.
     */
    public boolean areLabels() {
        int distinct = others.size() + (int) labels.values().stream().filter(count -> count > 0).count();
        return 2L * labelled() >= rows || !more && distinct <= LabelSet.MOST && 2L * distinct <= rows;
    }
}
