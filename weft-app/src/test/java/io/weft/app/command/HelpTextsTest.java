package io.weft.app.command;

import io.weft.problem.Language;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

import static org.assertj.core.api.Assertions.assertThat;

/** The texts of commands and options stand in two bundles; both are whole, and nothing in them is left over. */
final class HelpTextsTest {
    private static final ResourceBundle ENGLISH = Commands.texts(Language.ENGLISH),
            CHINESE = Commands.texts(Language.CHINESE);
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{[^}]*}|%n");

    @Test
    void bothLanguagesHaveTheSameTextsWithTheSameVariables() {
        assertThat(CHINESE.keySet()).isEqualTo(ENGLISH.keySet());
        assertThat(ENGLISH.keySet()).allSatisfy(key -> {
            assertThat(CHINESE.getString(key)).as(key).isNotBlank();
            assertThat(defaults(CHINESE.getString(key))).as(key).isEqualTo(defaults(ENGLISH.getString(key)));
        });
        assertThat(ENGLISH.keySet()).noneMatch(key -> ENGLISH.getString(key).matches(".*\\p{IsHan}.*"));
    }

    @Test
    void everyCommandOptionAndExampleHasATextAndNoTextIsLeftOver() {
        Set<String> used = new TreeSet<>(Set.of("usage.synopsisHeading", "usage.parameterListHeading",
                "usage.optionListHeading", "usage.commandListHeading", "usage.footerHeading",
                "weft.usage.customSynopsis"));
        List<String> missing = new ArrayList<>();
        CommandLine line = Commands.line(Commands.names());
        Stream.concat(Stream.of(line), line.getSubcommands().values().stream()).map(CommandLine::getCommandSpec)
                .forEach(spec -> keys(spec).forEach(key -> {
            String own = spec.qualifiedName(".") + "." + key;
            String found = ENGLISH.containsKey(own) ? own : key;
            used.add(found);
            if (!ENGLISH.containsKey(found)) {
                missing.add(own);
            }
        }));
        assertThat(missing).isEmpty();
        assertThat(new TreeSet<>(ENGLISH.keySet())).isEqualTo(used);
    }

    /** Where picocli looks for the texts of a command, and where its examples do. */
    private static List<String> keys(CommandSpec spec) {
        List<String> keys = new ArrayList<>(List.of("usage.description"));
        spec.args().stream().map(HelpTextsTest::key).forEach(keys::add);
        String footer = String.join("\n", spec.userObject() instanceof Verb verb
                ? List.of(verb.getClass().getAnnotation(Command.class).footer()) : Commands.EXAMPLES);
        Pattern.compile("\\$\\{bundle:([^}]+)}").matcher(footer).results().map(match -> match.group(1))
                .map(key -> key.substring(spec.qualifiedName(".").length() + 1)).forEach(keys::add);
        assertThat(footer.lines().filter(text -> text.startsWith("  @|bold "))).as(spec.qualifiedName())
                .hasSameSizeAs(footer.lines().filter(text -> text.startsWith("      ${bundle:")).toList());
        return keys;
    }

    private static String key(ArgSpec argument) {
        return argument.descriptionKey() != null && !argument.descriptionKey().isEmpty() ? argument.descriptionKey()
                : ((OptionSpec) argument).longestName().substring("--".length());
    }

    private static List<String> defaults(String text) {
        return VARIABLE.matcher(text).results().map(MatchResult::group).filter(name -> !name.equals("%n")).toList();
    }
}
