package io.weft.app.terminal;

import io.weft.diagnose.Diagnosis;
import io.weft.diagnose.Finding;
import io.weft.diagnose.Rule;
import io.weft.diagnose.Severity;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/** What a diagnosis found, below each other: what was seen, the likely cause, the change. */
public record DiagnosisLines(Diagnosis diagnosis) {
    /** Everything, and what was not looked at. */
    public void print(PrintStream to) {
        brief(to);
        diagnosis.unseen().forEach((need, rules) -> to.println(say("not looked at, since %s: %s; next: %s",
                need.lack(), titles(rules), diagnosis.next(need))));
    }

    /** The findings, or one line that there are none. */
    public void brief(PrintStream to) {
        if (diagnosis.findings().isEmpty()) {
            to.println(say("diagnosis: nothing amiss was found"));
        }
        diagnosis.findings().forEach(finding -> print(finding, to));
    }

    private static void print(Finding finding, PrintStream to) {
        to.println(severity(finding.severity()) + " " + AnsiStyle.STRONG.on(finding.title().toString()) + ": "
                + finding.saw());
        to.println("     " + say("likely: %s", finding.why()));
        finding.changes().forEach(change -> to.println("     " + say("change: %s", change)));
    }

    private static String severity(Severity severity) {
        return switch (severity) {
            case FAIL -> AnsiStyle.BAD.on(say("bad "));
            case WARN -> AnsiStyle.DOUBTFUL.on(say("look"));
            case NOTE -> AnsiStyle.FAINT.on(say("note"));
        };
    }

    private static String titles(List<Rule> rules) {
        return rules.stream().map(rule -> rule.title().toString()).collect(Collectors.joining(say("; ")));
    }
}
