package io.weft.app.terminal;

import io.weft.data.check.Inspection;
import io.weft.data.check.Level;
import io.weft.data.check.Verdict;
import io.weft.data.check.rule.Checks;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/** What the checks say of rows, the worst first; those that pass are only named. */
public record VerdictLines(Inspection checked) {
    private static final String GAP = "  ";

    /** Every verdict, with the settings that help. */
    public void print(PrintStream to) {
        List<Verdict> bad = Stream.of(Level.FAIL, Level.WARN).flatMap(level -> checked.of(level).stream()).toList();
        int words = bad.stream().mapToInt(verdict -> DisplayWidth.of(word(verdict.level()))).max().orElse(0);
        int titles = bad.stream().mapToInt(verdict -> DisplayWidth.of(title(verdict))).max().orElse(0);
        for (Verdict verdict : bad) {
            String word = word(verdict.level());
            to.println(colour(verdict.level()).on(word) + " ".repeat(words - DisplayWidth.of(word)) + GAP
                    + title(verdict) + " ".repeat(titles - DisplayWidth.of(title(verdict))) + GAP + verdict.said());
            if (!verdict.remedies().isEmpty()) {
                to.println(" ".repeat(words + titles + 2 * GAP.length())
                        + AnsiStyle.FAINT.on(String.join(" ", verdict.remedies())));
            }
        }
        List<Verdict> good = checked.of(Level.PASS);
        if (!good.isEmpty()) {
            to.println(AnsiStyle.GOOD.on(word(Level.PASS)) + GAP + good.stream().map(VerdictLines::title)
                    .collect(Collectors.joining(say(", "))));
        }
    }

    /** Verdicts of a level in one line, their titles alone; "" where there are none. */
    public String named(Level level) {
        return checked.of(level).stream().map(VerdictLines::title).collect(Collectors.joining(say(", ")));
    }

    private static String word(Level level) { return level.said().toString(); }

    private static String title(Verdict verdict) {
        return Checks.find(verdict.kind()).orElseThrow().title().toString();
    }

    private static AnsiStyle colour(Level level) {
        return level == Level.FAIL ? AnsiStyle.BAD : level == Level.WARN ? AnsiStyle.DOUBTFUL : AnsiStyle.GOOD;
    }
}
