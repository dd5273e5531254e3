package io.weft.data.check.rule;

import io.weft.data.OddCharacters;
import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.CheckedRow;
import io.weft.data.check.Example;
import io.weft.data.check.Examples;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.Verdict;
import io.weft.data.mend.HtmlRemnants;
import io.weft.problem.Translatable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import static io.weft.problem.Translatable.text;

/** Characters that nobody meant: control and invisible ones, what wrong decoding leaves, remnants of web pages. */
final class OddCharacterRows implements Check {
    /** They are mistakes wherever they stand; one row in a thousand is learned. */
    private static final double WARN = 0.001, FAIL = 0.1;
    /** Single rows may speak of HTML without saying so. */
    private static final double WEB_WARN = 0.005;
    private static final int AROUND = 20;

    private enum Kind {
        CONTROL("control"), INVISIBLE("invisible"), REPLACEMENT("replacement"), PRIVATE_USE("privateUse"),
        MOJIBAKE("mojibake"), WEB("html");

        private final String word;

        Kind(String word) { this.word = word; }
    }

    @Override public String name() { return "oddCharacters"; }

    @Override public Translatable title() { return text("Odd characters"); }

    @Override public Translatable reason() {
        return text("control, invisible, replacement (U+FFFD) and private-use characters, and text that was decoded "
                + "wrongly: warns from %s %% of the rows; remnants of web pages (&nbsp;, <br>): from %s %%; fails from "
                + "%s %%", 0.1, 0.5, 10);
    }

    @Override public Judging on(CheckedData data) { return new Look(data); }

    private final class Look implements Judging {
        private final CheckedData data;
        private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
        private final Examples examples = new Examples();

        private Look(CheckedData data) { this.data = data; }

        @Override public void add(CheckedRow row) {
            Map<Kind, String> found = new EnumMap<>(Kind.class);
            boolean ofMarkup = HtmlRemnants.isAbout(row.sample());
            row.sample().words().forEach(text -> look(text, ofMarkup, found));
            found.keySet().forEach(kind -> counts.merge(kind, 1, Integer::sum));
            if (!found.isEmpty()) {
                Map.Entry<Kind, String> first = found.entrySet().iterator().next();
                examples.add(Example.of(row.sample().place(), first.getKey().word + ": "
                        + first.getValue()));
            }
        }

        @Override public Verdict verdict() {
            int web = counts.getOrDefault(Kind.WEB, 0);
            Level level = counts.entrySet().stream().map(each -> Level.ofShare(each.getValue(), data.rows(),
                    each.getKey() == Kind.WEB ? WEB_WARN : WARN, FAIL)).reduce(Level.PASS, Level::worse);
            Figures figures = Figures.share(examples.count(), data.rows());
            for (Kind kind : Kind.values()) {
                figures.and(kind.word, counts.getOrDefault(kind, 0));
            }
            return Verdict.of(name(), level, examples.count() == 0 ? text("no odd characters")
                    : text("%,d of %,d rows have odd characters: %s", examples.count(), data.rows(),
                    counts.entrySet().stream().map(each -> each.getKey().word + " " + each.getValue()).toList()),
                    figures.all()).withExamples(examples.list()).mendedBy(remedies(web));
        }

        private String[] remedies(int web) {
            return List.of(Kind.CONTROL, Kind.INVISIBLE, Kind.MOJIBAKE, Kind.WEB).stream()
                    .filter(counts::containsKey).map(kind -> "data.mend.clean." + kind.word + "=true")
                    .toArray(String[]::new);
        }
    }

    /** @param ofMarkup whether the row speaks of markup, so that tags belong to it */
    private static void look(String text, boolean ofMarkup, Map<Kind, String> found) {
        boolean web = false, latin = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 128) {
                web |= c == '&' || c == '<';
                note(OddCharacters.isControl(c), Kind.CONTROL, text, i, found);
            } else if (c < 0x2e80 || c >= 0xe000) {
                latin |= c < 256;
                note(OddCharacters.isInvisible(c), Kind.INVISIBLE, text, i, found);
                note(OddCharacters.isReplacement(c), Kind.REPLACEMENT, text, i, found);
                note(c >= 0xe000 && OddCharacters.isPrivate(c), Kind.PRIVATE_USE, text, i, found);
            }
        }
        if (web && !ofMarkup) {
            int at = firstDifference(text, HtmlRemnants.without(text));
            note(at < text.length(), Kind.WEB, text, at, found);
        }
        if (latin || text.indexOf('锟') >= 0) {
            WrongDecoding.first(text).ifPresent(at -> note(true, Kind.MOJIBAKE, text, at, found));
        }
    }

    /** The length of the first text, where the second is the same. */
    private static int firstDifference(String text, String other) {
        int at = 0;
        while (at < text.length() && at < other.length() && text.charAt(at) == other.charAt(at)) {
            at++;
        }
        return at;
    }

    private static void note(boolean isOdd, Kind kind, String text, int at, Map<Kind, String> found) {
        if (isOdd) {
            found.computeIfAbsent(kind, odd -> around(text, at));
        }
    }

    private static String around(String text, int at) {
        int from = Math.max(0, at - AROUND), to = Math.min(text.length(), at + AROUND);
        from -= from > 0 && Character.isLowSurrogate(text.charAt(from)) ? 1 : 0;
        to += to < text.length() && Character.isLowSurrogate(text.charAt(to)) ? 1 : 0;
        return (from > 0 ? "…" : "") + text.substring(from, to) + (to < text.length() ? "…" : "");
    }
}
