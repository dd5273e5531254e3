package io.weft.data.check.rule;

import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.CheckedRow;
import io.weft.data.check.Example;
import io.weft.data.check.Examples;
import io.weft.data.check.Figures;
import io.weft.data.check.Level;
import io.weft.data.check.Verdict;
import io.weft.data.personal.PersonalData;
import io.weft.data.personal.PersonalData.Found;
import io.weft.data.personal.PersonalKind;
import io.weft.problem.Translatable;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** Phones, identity numbers, bank cards, e-mail addresses and keys that a model would learn by heart. */
final class PersonalRows implements Check {
    /** One is enough for a look; a key or a number of a person is never meant to be learned. */
    private static final double WARN = 0, FAIL = 0.05;
    private static final int AROUND = 20;

    @Override public String name() { return "personalData"; }

    @Override public Translatable title() { return text("Personal data"); }

    @Override public Translatable reason() {
        return text("phones, identity numbers, bank cards, e-mail addresses, keys and addresses of machines, which a "
                + "model may repeat to anybody: warns from the first row, fails from %s %% of the rows", 5);
    }

    @Override public Judging on(CheckedData data) { return new Look(data); }

    private final class Look implements Judging {
        private final CheckedData data;
        private final Map<PersonalKind, Integer> counts = new EnumMap<>(PersonalKind.class);
        private final Examples examples = new Examples();

        private Look(CheckedData data) { this.data = data; }

        @Override public void add(CheckedRow row) {
            Set<PersonalKind> kinds = EnumSet.noneOf(PersonalKind.class);
            String first = "";
            for (String words : row.sample().words()) {
                List<Found> found = PersonalData.all().in(words);
                found.forEach(one -> kinds.add(one.kind()));
                first = first.isEmpty() && !found.isEmpty() ? masked(words, found) : first;
            }
            kinds.forEach(kind -> counts.merge(kind, 1, Integer::sum));
            if (!kinds.isEmpty()) {
                examples.add(Example.of(row.sample().place(), first));
            }
        }

        @Override public Verdict verdict() {
            Figures figures = Figures.share(examples.count(), data.rows());
            for (PersonalKind kind : PersonalKind.values()) {
                figures.and(kind.word(), counts.getOrDefault(kind, 0));
            }
            return Verdict.of(name(), Level.ofShare(examples.count(), data.rows(), WARN, FAIL), examples.count() == 0
                    ? text("no personal data that rules know") : text("%,d of %,d rows hold personal data: %s",
                    examples.count(), data.rows(), counts.entrySet().stream()
                    .map(each -> each.getKey().word() + " " + each.getValue()).toList()), figures.all())
                    .withExamples(examples.list())
                    .mendedBy("data.mend.mask=" + String.join(",", counts.keySet().stream()
                    .map(kind -> kind.word()).toList()));
        }
    }

    /** What stands around the first one, all of it masked: a report is passed on. */
    private static String masked(String words, List<Found> found) {
        String masked = PersonalData.masked(words, found), mask = found.get(0).kind().mask();
        int at = masked.indexOf(mask), from = Math.max(0, at - AROUND);
        int to = Math.min(masked.length(), at + mask.length() + AROUND);
        from -= from > 0 && Character.isLowSurrogate(masked.charAt(from)) ? 1 : 0;
        to += to < masked.length() && Character.isLowSurrogate(masked.charAt(to)) ? 1 : 0;
        return (from > 0 ? "…" : "") + masked.substring(from, to) + (to < masked.length() ? "…" : "");
    }
}
