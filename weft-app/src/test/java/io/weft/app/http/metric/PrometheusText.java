package io.weft.app.http.metric;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads Prometheus's text format 0.0.4 as its documentation has it, and throws where a text leaves it: a HELP and a
 * TYPE line before the samples of a name, all samples of a name together, no sample twice, histograms that add up.
 */
public final class PrometheusText {
    private static final Pattern HEAD = Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile(
            "([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(?:,|$)");
    private final Map<String, String> kinds = new LinkedHashMap<>();
    private final Map<String, Double> samples = new LinkedHashMap<>();

    /** Values by name and labels in alphabetical order, e.g. {@code x_total{a="1",b="2"}}. */
    public static Map<String, Double> read(String text) {
        PrometheusText read = new PrometheusText();
        require(text.endsWith("\n"), "the last line has no end");
        String last = "";
        for (String line : text.split("\n")) {
            last = line.startsWith("#") ? read.head(line) : read.sample(line, last);
        }
        read.checkHistograms();
        return read.samples;
    }

    private String head(String line) {
        Matcher head = HEAD.matcher(line);
        require(head.matches(), line);
        if (head.group(1).equals("HELP")) {
            require(!kinds.containsKey(head.group(2)), "told twice: " + line);
            kinds.put(head.group(2), "");
        } else {
            require("".equals(kinds.put(head.group(2), head.group(3))), "TYPE without HELP, or twice: " + line);
            require(head.group(3).matches("counter|gauge|histogram"), line);
        }
        return head.group(2);
    }

    private String sample(String line, String family) {
        Matcher sample = SAMPLE.matcher(line);
        require(sample.matches(), line);
        String name = sample.group(1);
        require(name.equals(family) || "histogram".equals(kinds.get(family))
                && name.matches(Pattern.quote(family) + "_(bucket|sum|count)"), "not below its own TYPE: " + line);
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
        int end = 0;
        while (label.find() && label.start() == end) {
            require(labels.put(label.group(1), label.group(2)) == null, "label twice: " + line);
            end = label.end();
        }
        require(sample.group(2) == null || end == sample.group(2).length(), "labels: " + line);
        String key = name + (labels.isEmpty() ? "" : labels.entrySet().stream()
                .map(each -> each.getKey() + "=\"" + each.getValue() + "\"")
                .collect(Collectors.joining(",", "{", "}")));
        require(samples.put(key, Double.valueOf(sample.group(3).replace("+Inf", "Infinity"))) == null,
                "twice: " + line);
        return family;
    }

    private void checkHistograms() {
        Map<String, Double> before = new HashMap<>();
        samples.forEach((key, value) -> {
            Matcher bucket = Pattern.compile("(\\w+)_bucket(.*?),?le=\"([^\"]*)\"(.*)").matcher(key);
            if (bucket.matches()) {
                String series = bucket.group(1) + "|" + (bucket.group(2) + bucket.group(4)).replace("{,", "{")
                        .replace("{}", "");
                require(value >= before.getOrDefault(series, 0.0), "buckets fall: " + key);
                before.put(series, value);
                if (bucket.group(3).equals("+Inf")) {
                    require(value.equals(samples.get(series.replace("|", "_count"))),
                            "the last bucket is not the count: " + key);
                }
            }
        });
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
