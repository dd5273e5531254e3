package io.weft.metric.form;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Distinct-n (Li et al. 2016, arXiv:1510.03055): different n-grams of all answers together, as a share of all of them,
 * in percent. Answers that repeat themselves and each other are low; longer answers are lower by nature, so it compares
 * models that answer the same rows.
 */
public final class Variety {
    private Variety() {}

    /** 0 to 100; not a number where no answer has n tokens. @param answers as tokens */
    public static double distinct(List<List<String>> answers, int n) {
        Set<List<String>> different = new HashSet<>();
        long all = 0;
        for (List<String> tokens : answers) {
            for (int i = 0; i + n <= tokens.size(); i++) {
                different.add(tokens.subList(i, i + n));
                all++;
            }
        }
        return 100.0 * different.size() / all;
    }
}
