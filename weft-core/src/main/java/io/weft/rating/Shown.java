package io.weft.rating;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a rater had before them: one answer, or two, the left one first.
 *
 * @param row    number of the held-out row, from 1 on
 * @param models of each answer, those that gave it; for readers of the file, as names may change
 * @param answers their keys, see {@link RatedRow#key}
 */
public record Shown(int row, List<List<String>> models, List<String> answers) {
    public Shown {
        models = models.stream().map(List::copyOf).toList();
        answers = List.copyOf(answers);
    }

    /** With left and right in each other's place. */
    Shown swapped() {
        List<List<String>> turned = new ArrayList<>(models);
        Collections.reverse(turned);
        List<String> keys = new ArrayList<>(answers);
        Collections.reverse(keys);
        return new Shown(row, turned, keys);
    }

    /** What a preference between the two belongs to, whichever stood left. */
    String pair() { return pair(answers.get(0), answers.get(1)); }

    static String pair(String one, String other) {
        return one.compareTo(other) < 0 ? one + " " + other : other + " " + one;
    }
}
