package io.weft.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.diagnose.rule.Rules;
import io.weft.problem.Language;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The tables of docs/diagnose.md are those of the rules. */
class FindingsPageTest {
    private static final String BEGIN = "<!-- findings: written by FindingsPageTest -->\n", END = "<!-- /findings -->";

    @Test void theCommittedTablesAreTheRules() throws IOException {
        compare(Path.of("../docs/diagnose.md"), Language.ENGLISH, "| what goes wrong | what is looked for | likely "
                + "cause, and the change |");
        compare(Path.of("../docs/diagnose.zh-CN.md"), Language.CHINESE, "| 现象 | 检查什么 | 可能的原因和改动 |");
    }

    /** Writes the table instead when run with -Dweft.regenerate=true. */
    private static void compare(Path file, Language language, String head) throws IOException {
        String page = Files.readString(file), generated = BEGIN + table(language, head) + END;
        int from = page.indexOf(BEGIN), to = page.indexOf(END);
        assertThat(from).as("%s: %s", file, BEGIN).isNotNegative();
        String whole = page.substring(0, from) + generated + page.substring(to + END.length());
        if (Boolean.getBoolean("weft.regenerate")) {
            Files.writeString(file, whole);
        }
        assertThat(Files.readString(file)).as("%s; run this test with -Dweft.regenerate=true to write it anew", file)
                .isEqualTo(whole);
    }

    private static String table(Language language, String head) {
        var table = new StringBuilder();
        for (Symptom symptom : Symptom.values()) {
            table.append("\n**").append(symptom.title().in(language)).append("**\n\n").append(head)
                    .append("\n|---|---|---|\n");
            for (Rule rule : Rules.all()) {
                if (rule.symptom() == symptom) {
                    table.append("| ").append(cell(rule.title().in(language))).append(" (`").append(rule.name())
                            .append("`) | ").append(cell(rule.when().in(language))).append(" | ")
                            .append(rule.causes().stream().map(cause -> cell(cause.why().in(language)) + ": "
                            + cause.changes().stream().map(change -> "`" + change.replace("%s", "…") + "`")
                            .collect(Collectors.joining(", "))).distinct().collect(Collectors.joining("<br>")))
                            .append(" |\n");
                }
            }
        }
        return table.append('\n').toString();
    }

    private static String cell(String text) { return text.replace("|", "\\|").replace("<", "&lt;"); }
}
