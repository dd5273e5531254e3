package io.weft.compare;

import io.weft.EvaluationRun;
import io.weft.TinyRun;
import io.weft.data.Conversation;
import io.weft.data.Place;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.Measure;
import io.weft.evaluate.sample.SampleRows;
import io.weft.generate.Sampling;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.recipe.RecipeDifference;
import io.weft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class RoundTest {
    private static final EvaluationSettings SHORT =
            EvaluationSettings.DEFAULTS.withSampling(Sampling.greedy(16));
    private final Language before = Language.current();
    @TempDir Path folder;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @Test void aRoundIsToldRowByRowWithWhatWasChanged() throws IOException {
        Path first = evaluated("first", "train.steps=2"), second = evaluated("second", "train.steps=4");
        Round round = Round.of(first, second);
        assertThat(round.remarks()).containsExactly("12 rows, the same in both evaluations");
        assertThat(round.rows()).hasSize(12);
        assertThat(round.recipe()).extracting(RecipeDifference::shown).containsExactly("train.steps: 2 -> 4");
        assertThat(round.data().isNone()).isTrue();
        assertThat(round.better() + round.worse()).isLessThanOrEqualTo(12);
        double told = EvaluationRun.evaluate(second, SHORT, EvaluationRun.Listener.NONE).line(Measure.LOSS)
                .orElseThrow().tuned();
        assertThat(round.table().line(Measure.LOSS).orElseThrow().tuned()).isCloseTo(told, within(1e-9));
        assertThat(round.table().line(Measure.LOSS).orElseThrow().chance()).isPresent();
        Path page = RoundPage.write(round);
        assertThat(page).isEqualTo(second.resolve("evaluation/compare.html"));
        assertThat(Files.readString(page)).contains("first, then second").contains("<polyline").contains("train.steps")
                .doesNotContain("<script").doesNotContain("http").doesNotContain("<b>1</b>");
    }

    @Test void rowsThatOnlyOneWasJudgedOnAreCountedAndLeftOut() throws IOException {
        Path first = evaluated("first", "train.steps=1"), second = TinyRun.copy(first, folder.resolve("second"));
        Path samples = second.resolve("evaluation").resolve(SampleRows.FILE);
        List<String> lines = Files.readAllLines(samples);
        Files.write(samples, lines.subList(4, 12));
        Round round = Round.of(first, second);
        assertThat(round.rows()).hasSize(8);
        assertThat(round.remarks()).contains("8 rows that are in both evaluations (4 of first and 0 of second are "
                + "not)");
        Files.write(samples, lines.stream().map(line -> line.replace("\"expected\":\"", "\"expected\":\"another "))
                .toList());
        assertThatThrownBy(() -> Round.of(first, second)).isInstanceOf(UserError.class)
                .hasMessageContaining("none in both").hasMessageContaining("weft evaluate " + first);
        Files.write(samples, lines.stream().map(line -> line.replaceAll(",\"loss\":[^,]*,\"counted\":\\d+", ""))
                .toList());
        assertThat(Round.of(first, second).remarks()).anyMatch(line -> line.contains("are left out"));
    }

    @Test void aRunWithoutSamplesAndTheSameRunTwiceAreRefused() {
        Path run = TinyRun.trained(TinyRun.recipe(TinyRun.base(folder.resolve("base"), DType.F32),
                TinyRun.rows(folder.resolve("rows.jsonl"), 48), "train.steps=1"), folder.resolve("run"));
        assertThatThrownBy(() -> Round.of(run, TinyRun.copy(run, folder.resolve("copy"))))
                .isInstanceOf(UserError.class).hasMessageContaining("run weft evaluate " + run);
        assertThatThrownBy(() -> Round.of(run, run)).isInstanceOf(UserError.class)
                .hasMessageContaining("is named twice");
        assertThatThrownBy(() -> Round.of(run, folder)).isInstanceOf(UserError.class)
                .hasMessageContaining("is no run");
    }

    @Test void rowsAreComparedByContentWhereverTheyStand() {
        List<Conversation> then = Stream.of("a=1", "b=2", "c=3", "c=3", "d=4").map(RoundTest::row).toList(),
                now = Stream.of("d=4", "c=3", "b=5", "e=6", "f=7", "a=1").map(RoundTest::row).toList();
        DataDifference found = DataDifference.between(then, now);
        assertThat(found.same()).isEqualTo(3);
        assertThat(found.added()).isEqualTo(2);
        assertThat(found.changed()).isEqualTo(1);
        assertThat(found.removed()).isEqualTo(1);
        assertThat(found.examples()).containsExactly(new DataDifference.Example("b", "2", "5"),
                new DataDifference.Example("e", "", "6"), new DataDifference.Example("f", "", "7"));
    }

    private static Conversation row(String text) {
        return Conversation.of(text.substring(0, 1), text.substring(2), new Place("rows", text.hashCode()));
    }

    private Path evaluated(String name, String... settings) {
        Path base = Files.exists(folder.resolve("base")) ? folder.resolve("base")
                : TinyRun.base(folder.resolve("base"), DType.F32);
        Path run = TinyRun.trained(TinyRun.recipe(base, TinyRun.rows(folder.resolve("rows.jsonl"), 48), settings),
                folder.resolve(name));
        EvaluationRun.evaluate(run, SHORT, EvaluationRun.Listener.NONE);
        return run;
    }
}
