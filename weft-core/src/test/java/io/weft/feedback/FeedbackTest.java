package io.weft.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.EvaluationRun;
import io.weft.TinyRun;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.sample.SampleRow;
import io.weft.evaluate.sample.SampleRows;
import io.weft.generate.Sampling;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.rating.Judgement;
import io.weft.rating.Rater;
import io.weft.rating.RatingFile;
import io.weft.rating.Shown;
import io.weft.rating.Verdict;
import io.weft.run.RunFolder;
import io.weft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the answers that are worst to the rows that were trained on. */
class FeedbackTest {
    private static final Language BEFORE = Language.current();
    @TempDir static Path folder;
    private static Path run, rows;

    @BeforeAll static void trainAndJudge() throws IOException {
        Language.use(Language.ENGLISH);
        Path base = TinyRun.base(folder.resolve("base"), DType.F32);
        rows = TinyRun.rows(folder.resolve("rows.jsonl"), 24);
        // asked as a training row is, and answered otherwise; and asked as none is
        Path heldOut = Files.writeString(folder.resolve("held.jsonl"), IntStream.range(0, 10).mapToObj(i ->
                "{\"instruction\": \"" + (i == 4 ? "数据 2024 一本书 阅读" : "the teacher reads row " + i + " <b>")
                + "\", \"input\": \"\", \"output\": \"" + (i < 5 ? "我的朋友 =1+1, \\\"写下\\\" " + i
                : List.of("the cat reads the book.", "这只猫阅读一本书。", "a small model trains on ten rows!",
                "小模型训练十行数据!", "my friend writes a letter?", "老师写下数据 2024。").get(i % 6)) + "\"}\n")
                .collect(Collectors.joining()));
        run = TinyRun.trained(TinyRun.recipe(base, rows, "data.heldOut=" + heldOut, "train.steps=30",
                "train.evalEvery=30"), folder.resolve("run"));
        EvaluationRun.evaluate(run, EvaluationSettings.DEFAULTS.withSampling(Sampling.greedy(24)),
                EvaluationRun.Listener.NONE);
    }

    @AfterAll static void restoreLanguage() { Language.use(BEFORE); }

    @Test void theWorstRowsComeWithTheirPlacesAndTheirNearestTrainingRows() throws IOException {
        Feedback feedback = Feedback.of(run, 10);
        assertThat(Feedback.of(run, 4).rows()).isEqualTo(feedback.rows().subList(0, 4));
        assertThat(feedback.rows()).hasSize(10);
        WeakRow worst = feedback.rows().get(0), best = feedback.rows().get(9);
        assertThat(worst.loss().orElse(0) > best.loss().orElse(0)
                || worst.rougeL().getAsDouble() < best.rougeL().getAsDouble()).isTrue();
        assertThat(feedback.rows()).allSatisfy(row -> {
            assertThat(row.place()).hasValueSatisfying(place -> {
                assertThat(place.file()).endsWith("held.jsonl");
                assertThat(place.line()).isEqualTo(row.number());
            });
            assertThat(row.nearest()).isSortedAccordingTo((one, other) ->
                    Double.compare(other.similarity(), one.similarity()));
        });
        WeakRow same = feedback.rows().stream().filter(row -> row.number() == 3).findFirst().orElseThrow();
        assertThat(same.task()).isEqualTo(WeakRow.Task.CONTRADICTION);
        assertThat(same.nearest()).hasSize(3).first().satisfies(near -> {
            assertThat(near.similarity()).isEqualTo(1);
            assertThat(near.place().file()).isEqualTo(rows.toString());
            assertThat(near.place().line()).as("row 2 of the user's file").isEqualTo(3);
        });
        assertThat(feedback.rows().stream().filter(row -> row.number() == 5).findFirst().orElseThrow().task())
                .isEqualTo(WeakRow.Task.MISSING);

        Path page = TodoFiles.write(feedback);
        assertThat(Files.readString(page)).contains("rows.jsonl line 3", "answers otherwise", "nothing like it");
        List<String> table = Files.readAllLines(page.resolveSibling(TodoFiles.TABLE));
        assertThat(table.get(0)).startsWith("task,file,line,row,loss");
        assertThat(table).anySatisfy(line -> assertThat(line).startsWith("contradiction,").contains("held.jsonl,3,"));
        assertThat(String.join("\n", table)).contains("\"我的朋友 =1+1, \"\"写下\"\" 2\"");
    }

    @Test void whatPeopleScoredLowCounts() throws IOException {
        Path rated = TinyRun.copy(run, folder.resolve("rated"));
        List<Integer> before = Feedback.of(rated, 10).rows().stream().map(WeakRow::number).toList();
        int good = before.get(before.size() - 1);
        RatingFile file = RatingFile.open(new RunFolder(rated).evaluation().resolve(RatingFile.NAME));
        for (SampleRow row : SampleRows.of(new RunFolder(rated)).rows()) {
            file.add(new Judgement(Rater.human("anna"), new Shown(row.number(), List.of(List.of(SampleRows.TUNED)),
                    List.of("key-" + row.number())), new Verdict.Score(0, OptionalDouble.of(row.number() == good ? 1
                    : 5)), false, Instant.EPOCH));
        }
        List<WeakRow> after = Feedback.of(rated, 10).rows();
        assertThat(after.stream().map(WeakRow::number).toList().indexOf(good)).isLessThan(before.size() - 1);
        assertThat(after).filteredOn(row -> row.number() == good).first()
                .satisfies(row -> assertThat(row.score()).hasValue(1));
    }

    @Test void aRunWithoutSamplesIsRefusedWithTheNextStep() {
        Path unjudged = TinyRun.trained(TinyRun.recipe(folder.resolve("base"), rows, "train.steps=1"),
                folder.resolve("unjudged"));
        assertThatThrownBy(() -> Feedback.of(unjudged, 5)).isInstanceOf(UserError.class)
                .hasMessageContaining("weft evaluate " + unjudged);
    }
}
