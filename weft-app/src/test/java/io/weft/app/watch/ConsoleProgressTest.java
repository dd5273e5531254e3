package io.weft.app.watch;

import io.weft.app.terminal.DisplayWidth;
import io.weft.problem.Language;
import io.weft.run.RunEvent;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Started;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent.Warned;
import io.weft.run.SomeRun;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ConsoleProgressTest {
    private final Language before = Language.current();

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @Test void pipedOutputIsPlainLines() {
        List<String> lines = shown(false, 80, SomeRun.of(25, 10, 0)).lines().collect(Collectors.toList());
        assertThat(lines).hasSize(5);
        assertThat(lines.get(0)).isEqualTo("25 steps (10 an epoch), 0 held-out rows");
        assertThat(lines.get(1)).startsWith("step 10/25  loss ").contains("ETA 23 s").contains("epoch 1.00")
                .contains("lr 1.").contains("tokens/s");
        assertThat(lines.get(2)).startsWith("step 20/25");
        assertThat(lines.get(3)).startsWith("step 25/25");
        assertThat(lines.get(4)).startsWith("done: step 25 of 25, mean training loss");
        assertThat(String.join("", lines)).doesNotContain("\u001b").doesNotContain("\r");
    }

    @Test void aPlainLineShowsTheMeanOfTheStepsSinceTheLast() {
        List<RunEvent> events = List.of(new Started(0, 4, 4, 16, 0, 1, 1, false), step(1, 1), step(2, 2), step(3, 4),
                step(4, 8));
        assertThat(shown(false, 80, 2, events)).contains("step 2/4  loss 1.5000").contains("step 4/4  loss 6.0000");
    }

    @Test void evaluationsCheckpointsWarningsAndTheEndAreTold() {
        List<RunEvent> events = new java.util.ArrayList<>(SomeRun.of(10, 10, 5));
        events.add(6, Warned.of(5, "loss.notFinite", 1, 3, "[4, 2]"));
        String text = shown(false, 80, events);
        assertThat(text).contains("step 5  eval loss ").contains("(40 rows, 3 s)  best so far")
                .contains("step 5  saved checkpoints/step-00000005")
                .contains("step 5  warning: the loss is not finite; ").contains("look at rows [4, 2]\n")
                .contains("best eval loss").contains("eval loss");
        assertThat(shown(false, 80, List.of(events.get(0), new Finished(3, Finished.Reason.STOPPED, 2, -1, 0, 3723))))
                .contains("stopped, can be resumed: step 3 of 10, mean training loss 2.0000, 1:02:03");
        var worse = new Finished(10, Finished.Reason.WORSE, 14, 5, 14.2, 9, 3.1);
        assertThat(shown(false, 80, List.of(events.get(0), worse)))
                .contains("finished, but the model is worse than before: step 10 of 10, mean training loss 14.0000, "
                + "best eval loss 14.2000 at step 5 (3.1000 untouched), 9 s").doesNotContain("done");
        assertThat(shown(false, 80, List.of(new Started(5, 10, 10, 160, 0, 1, 1, true))))
                .startsWith("resuming after step 5: ");
    }

    @Test void aWarningBeforeTheFirstStepNamesNoStep() {
        assertThat(shown(false, 80, List.of(Warned.of(0, "x.y", "careful", 3)))).isEqualTo("warning: x.y careful 3\n");
    }

    @Test void whatTheObjectiveMeasuresIsShownByItsName() {
        String text = shown(false, 80, 2, List.of(new Started(0, 2, 2, 8, 4, 1, 1, false), measured(1, 0.25),
                measured(2, 0.75), new Evaluated(2, 1, 0.5, 9, 4, true, 1, Map.of("rewards/margins", 2.0))));
        assertThat(text).contains("lr 1.00e-04  rewards/margins 0.5000\n")
                .contains("eval loss 0.5000  (4 rows, 1 s)  best so far  rewards/margins 2.0000\n");
    }

    private static StepDone measured(int step, double margin) {
        return new StepDone(step, step / 2.0, 1, 1, 1e-4, 10, 20, 1, Map.of("rewards/margins", margin));
    }

    @Test void aTerminalShowsOneLineThatIsDrawnAgain() {
        String text = shown(true, 80, List.of(new Started(0, 4, 4, 16, 0, 1, 1, false), step(1, 2),
                Warned.of(1, "x", "careful"), step(2, 2)));
        assertThat(text.split("\n")).hasSize(3);
        assertThat(text).contains("\r\u001b[K 25% ").contains("\r\u001b[Kstep 1  warning: x careful\n\r\u001b[K 50% ");
    }

    @Test void closingEndsTheLineThatIsDrawn() {
        var bytes = new ByteArrayOutputStream();
        try (var progress = new ConsoleProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), true, () -> 80,
                10)) {
            List.of(new Started(0, 4, 4, 16, 0, 1, 1, false), step(1, 2))
                    .forEach(event -> progress.on((RunEvent) event));
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8)).endsWith("\n");
    }

    @ParameterizedTest @ValueSource(ints = {1, 5, 10, 20, 40, 60, 79, 80, 81, 100, 120, 200, 400})
    void theLineNeverWraps(int columns) {
        for (Language language : Language.values()) {
            Language.use(language);
            String text = shown(true, columns, SomeRun.of(10, 10, 5));
            String drawn = Arrays.stream(text.split("\r|\n")).filter(part -> part.contains("%"))
                    .map(part -> part.replaceAll("\u001b\\[[0-9;]*[mK]", "")).reduce((a, b) -> b).orElseThrow();
            assertThat(DisplayWidth.of(drawn)).as(drawn).isLessThanOrEqualTo(Math.max(4, columns - 1));
            if (columns >= 60) {
                assertThat(drawn).contains("━").contains("10/10");
            }
        }
    }

    @Test void everyTextHasItsChinese() {
        Language.use(Language.CHINESE);
        String text = shown(false, 80, SomeRun.of(10, 10, 5));
        assertThat(text).contains("共 10 步(每轮 10 步),留出 40 条").contains("第 5 步  验证损失").contains("目前最佳")
                .contains("已保存 checkpoints/step-00000005").contains("训练完成:第 10 步");
        assertThat(text).doesNotContainPattern("step \\d").doesNotContain("loss");
    }

    @Test void aChineseCharacterTakesTwoColumns() {
        assertThat(DisplayWidth.of("loss")).isEqualTo(4);
        assertThat(DisplayWidth.of("损失 1.5")).isEqualTo(8);
        assertThat(DisplayWidth.of("\uff09\uff0c\u3002")).as("full-width punctuation").isEqualTo(6);
        assertThat(DisplayWidth.of("e\u0301")).isEqualTo(1);
        assertThat(DisplayWidth.of("한글🙂𠀀")).isEqualTo(8);
    }

    private static StepDone step(int step, double loss) {
        return new StepDone(step, step / 4.0, loss, 1, 1e-4, 10, 20, 1);
    }

    private static String shown(boolean redraws, int columns, List<RunEvent> events) {
        return shown(redraws, columns, 10, events);
    }

    private static String shown(boolean redraws, int columns, int logEvery, List<RunEvent> events) {
        var bytes = new ByteArrayOutputStream();
        var progress = new ConsoleProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), redraws, () -> columns,
                logEvery);
        events.forEach(progress::on);
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
