package io.weft.rating;

import io.weft.evaluate.EvaluationFiles;
import io.weft.file.JsonFile;
import io.weft.problem.Language;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Judgements in the files of an evaluation. */
class RatedReportTest {
    @TempDir Path folder;
    private Path evaluation;

    @BeforeEach void anEvaluationOfEightRows() throws IOException {
        Language.use(Language.ENGLISH);
        evaluation = RatedRuns.run(folder, 8).resolve("evaluation");
        Files.writeString(evaluation.resolve("scores.json"), "{\"format\": \"weft.scores\", \"table\": []}");
        try (InputStream page = EvaluationFiles.class.getResourceAsStream("report.html")) {
            Files.write(evaluation.resolve("report.html"), page.readAllBytes());
        }
    }

    @Test void whatRatersSayStandsInTheSameTableWithTheSameWidth() throws IOException {
        String before = page();
        RatedReport.refresh(evaluation);
        assertThat(page()).as("nobody judged yet").isEqualTo(before);
        judge(Rater.human("Li <b>"), 4);
        judge(Rater.model("judge"), 3);
        RatedReport.refresh(evaluation);
        List<RatingLines.Line> lines = RatingLines.of(RatedReport.results(evaluation).orElseThrow());
        assertThat(lines).extracting(line -> line.cells().get(0)).containsExactly("human score, 1 to 5",
                "preferred by people %", "judge's score, 1 to 5", "preferred by judges %");
        assertThat(lines).allMatch(line -> line.cells().size() == 7 && line.verdicts().size() == 7);
        assertThat(lines.get(0).cells()).containsExactly("human score, 1 to 5", "2.00 ±0.0", "4.00 ±0.0", "+2.00",
                "[+2.00, +2.00]", "–", "better");
        assertThat(lines.get(1).cells().subList(1, 4)).containsExactly("0.0", "100.0", "+100.0");
        assertThat(page()).contains("<td>human score, 1 to 5</td>", "<td class=\"better\">better</td>",
                "<td>Li &lt;b&gt;</td>", "agreement on scores (Li &lt;b&gt;, judge)").doesNotContain("Li <b>");
        assertThat(JsonFile.object(evaluation.resolve("scores.json")).at("/ratings/scores/1/mean").asDouble())
                .isEqualTo(4);
        String once = page();
        RatedReport.refresh(evaluation);
        assertThat(page()).as("once more changes nothing").isEqualTo(once);
    }

    @Test void aScoreStandsWhereTheAnswerBesideItWasMadeAnew() throws IOException {
        judge(Rater.human("Li"), 4);
        Path samples = evaluation.resolve("samples.jsonl");
        Files.writeString(samples, Files.readString(samples).replace("base says", "base now says"));
        RatingResults results = RatedReport.results(evaluation).orElseThrow();
        assertThat(results.score(Rater.Kind.HUMAN, "tuned").orElseThrow().mean()).isEqualTo(4);
        assertThat(results.score(Rater.Kind.HUMAN, "base")).isEmpty();
        assertThat(results.elsewhere()).as("eight scores and eight preferences").isEqualTo(16);
        assertThat(RatingLines.of(results).get(0).cells()).startsWith("human score, 1 to 5", "–", "4.00 ±0.0");
    }

    @Test void aReportOfAnOlderWeftStaysAsItIs() throws IOException {
        Files.writeString(evaluation.resolve("report.html"), "<html>older</html>");
        judge(Rater.human("Li"), 4);
        RatedReport.refresh(evaluation);
        assertThat(page()).isEqualTo("<html>older</html>");
    }

    @Test void severalModelsOfOneEvaluationStandBesideTheFirst() throws IOException {
        Path together = Files.createDirectories(folder.resolve("together"));
        StringBuilder samples = new StringBuilder();
        for (int i = 1; i <= 7; i++) {
            var line = JsonFile.JSON.createObjectNode().put("row", i).put("prompt", "q" + i).put("expected", "e");
            for (String model : List.of("one", "two", "three")) {
                line.withArray("answers").addObject().put("model", model).put("answer", model + i);
            }
            samples.append(line).append('\n');
        }
        Files.writeString(together.resolve("samples.jsonl"), samples);
        RatedRows rows = RatedRows.of(List.of(together));
        assertThat(rows.models()).containsExactly("one", "two", "three");
        RatingSession session = new RatingSession(RatingPlan.of(rows, RatingSettings.DEFAULTS),
                RatingFile.open(rows.file()), Rater.human("Li"));
        for (int i = 0; i < session.screens(); i++) {
            boolean left = session.said(i).shown().models().get(0).contains("three");
            boolean any = session.said(i).shown().models().stream().anyMatch(models -> models.contains("three"));
            session.judge(i, new Verdict.Vote(Optional.of(!any ? Preference.TIE : left ? Preference.LEFT
                    : Preference.RIGHT)));
        }
        assertThat(rows.file()).isEqualTo(together.resolve("ratings.jsonl"));
        assertThat(RatingLines.of(RatedReport.results(together).orElseThrow()).get(0).cells())
                .containsExactly("preferred by people %", "–", "50.0", "not shown", "100.0", "better");
    }

    private void judge(Rater rater, int tuned) {
        RatedRows rows = RatedRows.of(List.of(folder));
        RatingSession session = new RatingSession(RatingPlan.of(rows, RatingSettings.DEFAULTS),
                RatingFile.open(rows.file()), rater);
        for (int i = 0; i < session.screens(); i++) {
            int at = session.said(i).shown().models().get(0).contains("tuned") ? 0 : 1;
            session.judge(i, new Verdict.Score(at, OptionalDouble.of(tuned)));
            session.judge(i, new Verdict.Score(1 - at, OptionalDouble.of(2)));
            session.judge(i, new Verdict.Vote(Optional.of(at == 0 ? Preference.LEFT : Preference.RIGHT)));
        }
    }

    private String page() throws IOException {
        return new String(Files.readAllBytes(evaluation.resolve("report.html")), StandardCharsets.UTF_8);
    }
}
