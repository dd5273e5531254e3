package io.weft.objective.preference;

import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.nn.Adapters;
import io.weft.objective.StepContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What KTO measures its reference point by: how much likelier, on average, tuning made answers that answer something
 * else. Each prompt of a step stands with the answer of the row before it, the first prompt with the last answer, as
 * TRL pairs the rows of a batch; so every answer of the step is measured once, and micro-batches do not matter. A pair
 * that is longer than the longest row of the step is cut to that at its end, and left out where nothing of the answer
 * is left. A step of a single row has no such pair.
 *
 * @param microBatches the rows, of one document each
 * @param longest      tokens of the longest
 */
record MismatchedRows(List<List<ExampleGroup>> microBatches, int longest) {
    static MismatchedRows of(List<List<ExampleGroup>> microBatches) {
        int longest = 0;
        for (List<ExampleGroup> groups : microBatches) {
            for (ExampleGroup group : groups) {
                longest = Math.max(longest, group.length());
            }
        }
        return new MismatchedRows(microBatches, longest);
    }

    /** Log of the ratio of likelihoods with and without what was tuned; 0 where there is no pair. */
    double meanGain(StepContext context) {
        int rows = microBatches.stream().mapToInt(List::size).sum();
        if (rows < 2 || context.adapters().isNone()) {
            return 0;
        }
        List<ExampleGroup> last = microBatches.get(microBatches.size() - 1);
        Example before = last.get(last.size() - 1).documents().get(0);
        double gain = 0;
        int pairs = 0;
        for (List<ExampleGroup> groups : microBatches) {
            List<ExampleGroup> mismatched = new ArrayList<>();
            for (ExampleGroup group : groups) {
                Example own = group.documents().get(0);
                add(mismatched, own, before);
                before = own;
            }
            if (!mismatched.isEmpty()) {
                double[] tuned = context.logProbabilities(mismatched, context.adapters()),
                        untuned = context.logProbabilities(mismatched, Adapters.NONE);
                gain += Arrays.stream(tuned).sum() - Arrays.stream(untuned).sum();
                pairs += mismatched.size();
            }
        }
        return pairs == 0 ? 0 : gain / pairs;
    }

    private void add(List<ExampleGroup> mismatched, Example asking, Example answering) {
        int prompt = asking.promptLength(), from = answering.promptLength();
        int length = Math.min(longest, prompt + answering.length() - from), taken = length - prompt;
        int[] ids = Arrays.copyOf(asking.ids(), length);
        boolean[] trained = new boolean[length];
        boolean any = false;
        for (int i = 0; i < taken; i++) {
            ids[prompt + i] = answering.ids()[from + i];
            trained[prompt + i] = answering.trained()[from + i];
            any |= trained[prompt + i];
        }
        if (any) {
            mismatched.add(ExampleGroup.of(new Example(ids, trained)));
        }
    }
}
