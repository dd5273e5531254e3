package io.weft.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which label was answered where which was expected.
 *
 * @param labels  in text order
 * @param counts  a line for each expected label: how often each label was answered, and last, how often none of them
 * @param unknown answers that are no label, by their text, the most frequent first
 */
public record Confusion(List<String> labels, List<List<Integer>> counts, Map<String, Integer> unknown) {
    /** So many rows. @param answered empty where the answer is no label */
    public record Cell(String expected, Optional<String> answered, int rows) {
        public boolean isRight() { return answered.equals(Optional.of(expected)); }
    }

    static Confusion of(List<String> predicted, List<String> expected, List<String> labels) {
        Corpus.requirePairs(predicted, expected);
        int[][] counts = new int[labels.size()][labels.size() + 1];
        Map<String, Integer> unknown = new LinkedHashMap<>();
        for (int i = 0; i < expected.size(); i++) {
            int answered = labels.indexOf(predicted.get(i));
            counts[labels.indexOf(expected.get(i))][answered < 0 ? labels.size() : answered]++;
            if (answered < 0) {
                unknown.merge(predicted.get(i), 1, Integer::sum);
            }
        }
        List<List<Integer>> lines = new ArrayList<>();
        for (int[] line : counts) {
            lines.add(Arrays.stream(line).boxed().toList());
        }
        return new Confusion(labels, lines, byFrequency(unknown));
    }

    private static Map<String, Integer> byFrequency(Map<String, Integer> counts) {
        return Collections.unmodifiableMap(counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new)));
    }

    /** Rows whose answer would be a label but for case, width, white space or a full stop. */
    public int nearlyKnown() {
        return unknown.entrySet().stream().filter(answer -> labels.stream().anyMatch(label ->
                ExactMatch.normalised(answer.getKey(), label))).mapToInt(Map.Entry::getValue).sum();
    }

    /** Every pair of an expected and an answered label that occurs, the most frequent first. */
    public List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            for (int j = 0; j <= labels.size(); j++) {
                if (counts.get(i).get(j) > 0) {
                    cells.add(new Cell(labels.get(i), j < labels.size() ? Optional.of(labels.get(j))
                            : Optional.empty(), counts.get(i).get(j)));
                }
            }
        }
        cells.sort(Comparator.comparingInt(Cell::rows).reversed());
        return cells;
    }
}
