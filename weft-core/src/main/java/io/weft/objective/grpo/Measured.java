package io.weft.objective.grpo;

import io.weft.generate.Answer.Finish;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The figures of many answers, by TRL's names. */
public final class Measured {
    /** The share of prompts whose answers are all worth the same, so that nothing is learned of them. */
    public static final String ALL_EQUAL = "frac_reward_zero_std";

    private Measured() {}

    /** Of all answers together. @param names of the rewards */
    public static Map<String, Double> of(List<String> names, List<Rollout> all) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("reward", all.stream().mapToDouble(Rollout::reward).average().orElse(Double.NaN));
        for (int i = 0; i < names.size(); i++) {
            int place = i;
            figures.put("rewards/" + names.get(i) + "/mean",
                    all.stream().mapToDouble(each -> each.rewards()[place]).average().orElse(Double.NaN));
        }
        figures.put("completions/mean_length",
                all.stream().mapToInt(each -> each.made().generated()).average().orElse(Double.NaN));
        figures.put("completions/clipped_ratio",
                all.stream().mapToInt(each -> each.made().finish() == Finish.LENGTH ? 1 : 0).average()
                .orElse(Double.NaN));
        return figures;
    }

    /** The same, and how much the rewards of each prompt's answers differ. */
    public static Map<String, Double> ofGroups(List<String> names, List<List<Rollout>> groups) {
        Map<String, Double> figures = of(names, groups.stream().flatMap(List::stream).toList());
        figures.put("reward_std", groups.stream().mapToDouble(group ->
                Normalise.deviation(group.stream().mapToDouble(Rollout::reward).toArray())).average()
                .orElse(Double.NaN));
        figures.put(ALL_EQUAL, groups.stream().mapToInt(group ->
                group.stream().mapToDouble(Rollout::reward).distinct().count() == 1 ? 1 : 0).average()
                .orElse(Double.NaN));
        return figures;
    }
}
