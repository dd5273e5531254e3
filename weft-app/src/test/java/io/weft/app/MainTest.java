package io.weft.app;

import io.weft.app.command.Commands;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

final class MainTest {
    static Stream<String> commands() {
        return Commands.names().stream();
    }

    @Test
    void helpListsEveryCommandThatIsNotHidden() {
        Shell.Result help = Shell.weft("--help");
        assertThat(help.code()).isZero();
        assertThat(help.out()).contains("quickstart", "doctor", "init", "pull", "show", "train", "resume", "evaluate",
                "generate", "chat", "serve", "export").doesNotContain("make-base");
        assertThat(Shell.weft().out()).isEqualTo(help.out());
    }

    @ParameterizedTest @MethodSource("commands")
    void everyCommandHasHelpWithExamplesInBothLanguages(String command) {
        Shell.Result english = Shell.weft(command, "--help"), chinese = Shell.weft(command, "-h", "--lang", "zh");
        assertThat(english.code()).isZero();
        assertThat(english.err()).isEmpty();
        assertThat(english.out()).startsWith("Usage: weft " + command).containsPattern("(?s)Examples:.*weft " + command)
                .doesNotContainPattern("[\\p{IsHan}]");
        assertThat(chinese.code()).isZero();
        assertThat(chinese.out()).startsWith("用法:weft " + command).contains("示例:", "显示本帮助")
                .doesNotContain("Examples", "Usage");
        assertThat(english.out().lines().allMatch(line -> line.length() <= 130)).isTrue();
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(Shell.weft("--version").out()).matches("weft \\d+\\.\\d+\\.\\d+\\S*\n");
    }

    @Test
    void aMisspelledCommandIsGuessed() {
        Shell.Result result = Shell.weft("trian");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("trian: no such command; did you mean train?", "'weft --help'");
        assertThat(Shell.weft("trian", "--lang=zh").err()).contains("是不是 train?");
    }

    @Test
    void aMisspelledOptionIsGuessed() {
        Shell.Result result = Shell.weft("train", "--modle", "x");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--modle: no such option; did you mean --model?", "'weft train --help'");
    }

    @Test
    void anOptionWithoutItsValueSaysWhatItIsFor() {
        assertThat(Shell.weft("train", "--out").err()).contains("--out RUN needs a value: folder for the run");
    }

    @Test
    void anOptionGivenTwiceIsRefused() {
        Shell.Result result = Shell.weft("serve", "x", "--port", "1", "--port", "2");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--port N is given twice");
    }

    @Test
    void aNumberThatIsNoneNamesItsOption() {
        Shell.Result result = Shell.weft("show", "rows.json", "--model", "m", "--rows", "many");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--rows N: 'many'; expected a whole number", "'weft show --help'");
        assertThat(Shell.weft("show", "--lang", "zh", "rows.json", "--model", "m", "--rows", "many").err())
                .contains("--rows N:'many';应为 整数");
        assertThat(Shell.weft("generate", "m", "--in", "a", "--out", "b", "--top-p", "high").err())
                .contains("--top-p P: 'high'; expected a number");
    }

    @Test
    void anArgumentTooManyIsRefused() {
        assertThat(Shell.weft("resume", "a", "b").err()).contains("b: one argument too many");
    }

    @Test
    void aMissingArgumentSaysWhatItIs() {
        assertThat(Shell.weft("resume").err()).contains("RUN is missing: folder of the run");
        assertThat(Shell.weft("resume").code()).isEqualTo(2);
    }

    @Test
    void allThatIsMissingIsToldAtOnce() {
        assertThat(Shell.weft("generate", "m").err()).contains("--in FILE is missing: rows with prompt",
                "--out FILE is missing: gets the rows", "'weft generate --help'");
        assertThat(Shell.weft("export", "run", "--merged").err()).contains("--merged DIR needs a value: folder for");
        assertThat(Shell.weft("init", "--model", "m").err()).contains("--data FILE is missing: the rows to name");
    }

    @Test
    void aMisspelledOptionIsToldBeforeWhatIsMissing() {
        assertThat(Shell.weft("export", "run", "--mergd", "x").err()).contains("--mergd: no such option; did you mean "
                + "--merged?").doesNotContain("is missing");
    }

    @Test
    void aSwitchTakesNoValue() {
        assertThat(Shell.weft("doctor", "--json=yes").err()).contains("--json takes no value; leave 'yes' out");
        assertThat(Shell.weft("doctor", "--json=yes", "--lang=zh").err()).contains("--json 不接受值");
    }

    @Test
    void anUnknownLanguageIsRefused() {
        assertThat(Shell.weft("--lang", "fr", "--help")).satisfies(result -> assertThat(result.code()).isEqualTo(2))
                .satisfies(result -> assertThat(result.err()).contains("en or zh"));
    }

    @Test
    void aBugHasAStackTraceAndSaysSo() {
        var result = new java.io.ByteArrayOutputStream();
        int code = new UnexpectedError(new IllegalStateException("lost")).report(new java.io.PrintStream(result, true));
        assertThat(code).isEqualTo(1);
        assertThat(result.toString()).contains("at io.weft.app.MainTest", "bug in Weft");
    }

    @Test
    void aMachineWithoutMemoryIsNoBug() {
        var result = new java.io.ByteArrayOutputStream();
        int code = new UnexpectedError(new RuntimeException("matmul",
                new RuntimeException(
                "[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes")))
                .report(new java.io.PrintStream(result, true));
        assertThat(code).as("the launcher goes on from it").isEqualTo(71);
        assertThat(result.toString()).contains("train.batch").doesNotContain("at io.weft");
    }
}
