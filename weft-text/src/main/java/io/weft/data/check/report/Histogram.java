package io.weft.data.check.report;

import io.weft.data.check.Lengths;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import static io.weft.problem.Language.say;

/**
 * Lengths as bars, each of twice the width of the one before, for the template's SVG picture. Lines mark lengths that a
 * reader asks for: half of the rows, the longest allowed.
 */
final class Histogram {
    /** Of the picture, in its own units; the template draws the axis at {@link #GROUND}. */
    private static final int WIDTH = 640, TOP = 58, GROUND = 190, EDGE = 12, LINE = 17;
    private static final int FIRST_BIN = 16, THOUSAND = 1024, MUCH = 10_000;
    private final List<Lengths.Bin> bins;
    private final List<Map<String, Object>> marks = new ArrayList<>();
    private final double each;

    Histogram(List<Lengths.Bin> bins) {
        this.bins = bins;
        each = (double) (WIDTH - 2 * EDGE) / Math.max(1, bins.size());
    }

    /** A line at a length, with its words; none where the picture ends before. */
    Histogram mark(int length, String words) {
        double at = length < FIRST_BIN ? (double) length / FIRST_BIN
                : 1 + Math.log((double) length / FIRST_BIN) / Math.log(2);
        if (at <= bins.size()) {
            int x = (int) Math.round(EDGE + at * each);
            marks.add(Map.of("x", x, "words", words, "anchor", x > WIDTH / 2 ? "end" : "start",
                    "text", x > WIDTH / 2 ? x - 6 : x + 6, "y", LINE - 4 + LINE * (marks.size() % 2)));
        }
        return this;
    }

    /** What the template draws. @param title above the picture  @param said below it */
    Map<String, Object> picture(String title, String said) {
        int most = bins.stream().mapToInt(Lengths.Bin::count).max().orElse(1);
        List<Map<String, Object>> bars = new ArrayList<>();
        for (int i = 0; i < bins.size(); i++) {
            bars.add(bar(i, Math.max(1, most)));
        }
        Map<String, Object> picture = new LinkedHashMap<>();
        picture.put("title", title);
        picture.put("said", said);
        picture.put("bars", bars);
        picture.put("marks", marks);
        return picture;
    }

    private Map<String, Object> bar(int index, int most) {
        Lengths.Bin bin = bins.get(index);
        int x = (int) Math.round(EDGE + index * each), end = (int) Math.round(EDGE + (index + 1) * each);
        int height = bin.count() == 0 ? 0 : Math.max(2, (int) Math.round((double) bin.count() / most * (GROUND - TOP)));
        return Map.of("x", x + 2, "width", end - x - 4, "y", GROUND - height, "height", height, "middle", (x + end) / 2,
                "above", GROUND - height - 5, "count", bin.count() == 0 ? "" : rounded(bin.count()),
                "edge", x, "from", brief(bin.least()), "tip",
                say("%,d to %,d: %,d", bin.least(), bin.most(), bin.count()));
    }

    private static String rounded(int number) {
        return number < MUCH ? String.format(Locale.ROOT, "%,d", number) : number / 1000 + "k";
    }

    private static String brief(int length) {
        return length < THOUSAND ? Integer.toString(length) : length / THOUSAND + "k";
    }
}
