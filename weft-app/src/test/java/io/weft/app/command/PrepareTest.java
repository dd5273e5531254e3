package io.weft.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.TinyRun;
import io.weft.app.Shell;
import io.weft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Data checked at the door, without training. */
final class PrepareTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir private static Path made;
    private static Path base;
    @TempDir private Path folder;

    @BeforeAll
    static void model() { base = TinyRun.base(made.resolve("base"), DType.F32); }

    /** Every row twice. */
    private Path doubled() throws IOException {
        List<String> rows = Files.readAllLines(TinyRun.rows(folder.resolve("once.jsonl"), 40));
        return Files.write(folder.resolve("rows.jsonl"), IntStream.range(0, 80).mapToObj(i -> rows.get(i / 2))
                .toList());
    }

    @Test
    void saysWhatTheRowsAreLikeAndWhatHelpsBeforeAnyModelIsChosen() throws IOException {
        Path rows = doubled(), run = folder.resolve("run");
        Shell.Result result = Shell.weft("prepare", rows, "--out", run, "data.heldOut=0.25");
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("80 rows read, 0 rejected; 60 to train on, 20 held out",
                "Exact duplicates", "data.mend.dedupe=exact", "Overlap of training and held-out rows",
                run.resolve("data/report.html").toString());
        assertThat(run.resolve("data/report.html")).exists();
    }

    @Test
    void scriptsGetTheVerdictsAndAnExitCode() throws IOException {
        Path rows = doubled();
        Shell.Result result = Shell.weft("prepare", rows, "--out", folder.resolve("run"), "--fail-on", "warn",
                "--json", "data.heldOut=0.25");
        assertThat(result.code()).isEqualTo(2);
        JsonNode report = JSON.readTree(result.out());
        assertThat(report.path("level").asText()).isEqualTo("fail");
        assertThat(report.path("verdicts").findValuesAsText("kind")).contains("duplicates", "overlap")
                .doesNotContain("truncation");
        assertThat(result.err()).contains("--fail-on is warn: exit code 2");
    }

    @Test
    void aModelAddsItsTokensAndTrainTakesWhatWasPrepared() throws IOException {
        Path rows = doubled(), run = folder.resolve("run");
        Shell.Result result = Shell.weft("prepare", rows, "--out", run, "--model", base, "--json",
                "data.heldOut=0.25", "data.maxLength=24");
        assertThat(result.code()).isZero();
        JsonNode verdicts = JSON.readTree(result.out()).path("verdicts");
        assertThat(verdicts.findValuesAsText("kind")).contains("truncation", "nothingLearned", "borderTokens",
                "tokenLengths");
        assertThat(run.resolve("adapter")).doesNotExist();

        Shell.Result trained = Shell.weft("train", "--model", base, "--data", rows, "--out", run,
                "data.heldOut=0.25", "data.maxLength=24", "train.steps=1", "train.accumulate=1");
        assertThat(trained.out()).contains("checks that fail: ", "Overlap of training and held-out rows",
                run.resolve("data/report.html").toString());
        JsonNode told = JSON.readTree(Files.readString(run.resolve("data/report.json")));
        assertThat(told.path("verdicts")).isEqualTo(verdicts);
    }

    @Test
    void whatIsSaidToComeNextTrainsOnWhatWasPrepared() throws IOException {
        Path more = TinyRun.rows(folder.resolve("more.jsonl"), 12), run = folder.resolve("run");
        Shell.Result result = Shell.weft("prepare", doubled(), more, "--out", run, "--model", base,
                "data.mend.dedupe=exact", "data.groupBy=prompt");
        assertThat(result.code()).isZero();
        List<String> next = result.out().lines().filter(line -> line.startsWith("next"))
                .flatMap(line -> Stream.of(line.split(" +")).skip(2)).collect(Collectors.toList());
        next.addAll(List.of("train.steps=1", "train.accumulate=1"));
        Shell.Result trained = Shell.weft(next.toArray());
        assertThat(trained.code()).as(trained.err()).isZero();
        assertThat(run.resolve("adapter")).exists();
    }

    @Test
    void everyMistakeIsToldAtOnceAndNothingIsLeft() throws IOException {
        Path none = folder.resolve("none.jsonl"), run = folder.resolve("run");
        Shell.Result result = Shell.weft("prepare", none, "--out", run, "--model", folder, "--fail-on", "never",
                "data.maxLenght=3");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("none.jsonl: no such file", "--fail-on: 'never'; expected warn or fail",
                "data.maxLenght", "config.json");
        assertThat(run).doesNotExist();

        Path empty = Files.writeString(folder.resolve("empty.jsonl"), "");
        assertThat(Shell.weft("prepare", empty, "--out", run).err()).contains("holds no rows");
        assertThat(Shell.weft("prepare", "--out", run).err()).contains("data.train");
        assertThat(Shell.weft("prepare", empty).err()).contains("--out");
        assertThat(run).doesNotExist();
    }
}
