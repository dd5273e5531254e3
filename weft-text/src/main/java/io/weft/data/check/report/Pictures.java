package io.weft.data.check.report;

import io.weft.data.Judged;
import io.weft.data.check.CheckedData;
import io.weft.data.check.Labels;
import io.weft.data.check.Lengths;
import io.weft.data.check.TokenFigures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import static io.weft.problem.Language.say;

/** Distributions for the template to draw: lengths as {@link Histogram}s, labels and rows as shares of a bar. */
final class Pictures {
    private static final int MOST_LABELS = 30, WHOLE = 1000;
    private final CheckedData data;

    Pictures(CheckedData data) { this.data = data; }

    List<Map<String, Object>> all() {
        List<Map<String, Object>> all = new ArrayList<>();
        if (data.prompts().count() > 0) {
            all.add(lengths(say("Prompts, in characters"), data.prompts()));
        }
        if (data.answers().count() > 0 && (data.kind() == Judged.class || !data.labels().areThere())) {
            all.add(lengths(data.prompts().count() > 0 ? say("Answers, in characters") : say("Texts, in characters"),
                    data.answers()));
        }
        data.tokens().ifPresent(tokens -> all.add(tokens(tokens)));
        return all;
    }

    private static Map<String, Object> lengths(String title, Lengths lengths) {
        return new Histogram(lengths.bins()).mark(lengths.quantile(0.5), say("half"))
                .mark(lengths.quantile(0.95), say("95 %"))
                .picture(title, say("Half of them up to %,d, 95 %% up to %,d, the longest %,d; %,d characters in all.",
                lengths.quantile(0.5), lengths.quantile(0.95), lengths.quantile(1), lengths.total()));
    }

    private static Map<String, Object> tokens(TokenFigures tokens) {
        return new Histogram(tokens.bins()).mark(tokens.quantile(50), say("half"))
                .mark(tokens.maxLength(), say("longest example"))
                .picture(say("Rows, in the model's tokens"),
                say("Half of them up to %,d, 95 %% up to %,d, the longest %,d; an example holds %,d.",
                tokens.quantile(50), tokens.quantile(95), tokens.quantile(100), tokens.maxLength()));
    }

    /** Bars of a whole: how many rows are used for what, and how often each label stands. */
    List<Map<String, Object>> shares() {
        List<Map<String, Object>> shares = new ArrayList<>();
        var counts = data.manifest().counts();
        shares.add(share(say("Rows"), List.of(new Labels.Count(say("to train on"), counts.train()),
                new Labels.Count(say("held out"), counts.heldOut()),
                new Labels.Count(say("set aside"), counts.rejected()))));
        List<Labels.Count> labels = data.labels().counts();
        if (!labels.isEmpty()) {
            List<Labels.Count> shown = new ArrayList<>(labels.subList(0, Math.min(MOST_LABELS, labels.size())));
            if (labels.size() > shown.size()) {
                shown.add(new Labels.Count(say("%d others", labels.size() - shown.size()),
                        labels.stream().skip(shown.size()).mapToInt(Labels.Count::rows).sum()));
            }
            shares.add(share(say("Labels"), shown));
        }
        return shares;
    }

    private static Map<String, Object> share(String title, List<Labels.Count> counts) {
        long all = counts.stream().mapToLong(Labels.Count::rows).sum();
        int most = Math.max(1, counts.stream().mapToInt(Labels.Count::rows).max().orElse(1));
        Map<String, Object> share = new LinkedHashMap<>();
        share.put("title", title);
        share.put("lines", counts.stream().map(each -> Map.of("name", each.label(), "count",
                String.format(Locale.ROOT, "%,d", each.rows()), "percent",
                String.format(Locale.ROOT, "%.1f %%", all == 0 ? 0 : 100.0 * each.rows() / all),
                "width", (long) WHOLE * each.rows() / most)).toList());
        return share;
    }
}
