package io.weft.app.terminal;

import io.weft.data.Conversation;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Place;
import io.weft.evaluate.Answers;
import io.weft.evaluate.Answers.Reply;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationFiles;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.HeldOutRows;
import io.weft.evaluate.HeldOutRows.Question;
import io.weft.evaluate.Measure;
import io.weft.evaluate.Verdict;
import io.weft.generate.Answer.Finish;
import io.weft.objective.LossSum;
import io.weft.objective.Sft;
import io.weft.problem.Language;
import io.weft.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class ComparisonTest {
    private static final List<String> LABELS = List.of("positive", "negative", "positive", "neutral");
    private final Language before = Language.current();

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @Test void theTableHoldsBaseTunedDifferenceAndPercent() {
        Comparison comparison = comparison(LABELS, List.of("positive", "I think so", "", "negative"),
                List.of("positive", "negative", " positive\n", "positive"));
        assertThat(values(comparison, Measure.LOSS)).containsExactly(2, 1.5);
        assertThat(values(comparison, Measure.PERPLEXITY)[0]).isCloseTo(Math.exp(2), within(1e-12));
        assertThat(values(comparison, Measure.EXACT_MATCH)).containsExactly(25, 75);
        assertThat(values(comparison, Measure.ACCURACY)).containsExactly(25, 75);
        // scikit-learn: precision, recall, fscore over labels [negative, neutral, positive], zero_division=0
        assertThat(values(comparison, Measure.MACRO_F1)[1]).isCloseTo(100 * (1 + 0 + 0.8) / 3, within(1e-9));
        assertThat(values(comparison, Measure.WEIGHTED_F1)[1]).isCloseTo(100 * (1 + 0 + 2 * 0.8) / 4, within(1e-9));
        Comparison.Line exact = comparison.line(Measure.EXACT_MATCH).orElseThrow();
        assertThat(exact.difference()).isEqualTo(50);
        assertThat(exact.percent()).hasValue(200);
        assertThat(exact.verdict()).isEqualTo(Verdict.NOT_SHOWN);
        assertThat(comparison.line(Measure.LOSS).orElseThrow().verdict()).isEqualTo(Verdict.NOT_SHOWN);
        assertThat(new ComparisonTable(comparison).text())
                .containsPattern("held-out loss +2\\.0000 +1\\.5000 +-0\\.5000 +-25\\.0 % +not shown\n")
                .containsPattern("exact match % +25\\.00 +75\\.00 +\\+50\\.00 +\\+200\\.0 % +not shown\n")
                .contains("ROUGE on rouge_score words; BLEU on sacrebleu 13a");
    }

    @Test void nothingIsDividedByABaseOfZero() {
        Comparison comparison = comparison(List.of("a b", "c d"), List.of("x", "y"), List.of("a b", "z"));
        assertThat(comparison.line(Measure.EXACT_MATCH).orElseThrow().percent()).isEmpty();
        assertThat(new ComparisonTable(comparison).text())
                .containsPattern("exact match % +0\\.00 +50\\.00 +\\+50\\.00 +– +not shown");
    }

    @Test void labelsStandBelowTheTableWithTheirScores() {
        String text = new ComparisonTable(comparison(LABELS, List.of("positive", "I think so", "", "negative"),
                List.of("positive", "negative", " positive\n", "positive"))).text();
        assertThat(text).containsPattern("BLEU-4 +n/a +n/a +– +– +–\n")
                .containsPattern("label +held-out rows +base precision % +recall % +F1 % +tuned precision %")
                .containsPattern("neutral +1 +0\\.00 +0\\.00 +0\\.00 +0\\.00 +0\\.00 +0\\.00\n")
                .containsPattern("positive +2 +100\\.00 +50\\.00 +66\\.67 +66\\.67 +100\\.00 +80\\.00\n")
                .contains("answers that are no label: base 2 (\"I think so\" 1, \"\" 1); tuned 0")
                .contains("tuned mistakes: \"neutral\" as \"positive\" 1");
    }

    @Test void freeTextHasNoLabels() {
        List<String> many = IntStream.range(0, 51).mapToObj(i -> "this is answer " + i).toList();
        Comparison comparison = comparison(many, many, many);
        assertThat(comparison.line(Measure.ACCURACY)).isEmpty();
        assertThat(new ComparisonTable(comparison).text())
                .contains("not applicable, the held-out answers are free text (51 different ones; labels are at most "
                + "50, of at most 100 characters)").containsPattern("BLEU-4 .* same\n");
        List<String> fifty = many.subList(0, 50);
        assertThat(comparison(fifty, fifty, fifty).line(Measure.ACCURACY)).isPresent();
    }

    @Test void columnsAreAlignedInChineseToo() {
        Language.use(Language.CHINESE);
        Comparison comparison = comparison(List.of("这只猫阅读一本书。", "小模型"), List.of("猫", "小模型"),
                List.of("这只猫阅读一本书。", "小模型"));
        List<String> lines = new ComparisonTable(comparison).text().lines().toList();
        assertThat(comparison.tokens().bleu().label()).isEqualTo("zh");
        int heading = IntStream.range(0, lines.size())
                .filter(i -> lines.get(i).contains("基座   ") || lines.get(i).strip().startsWith("基座"))
                .reduce((a, b) -> b).orElseThrow();
        int end = DisplayWidth.of(lines.get(heading));
        int measures = (int) Arrays.stream(Measure.values()).filter(measure -> comparison.line(measure).isPresent())
                .count();
        List<String> told = lines.subList(heading + 1, heading + 1 + measures).stream()
                .filter(line -> !line.matches("(长度|distinct).*")).toList();   // of these neither way is better
        assertThat(told).hasSizeGreaterThan(10).hasSize(measures - 3).allSatisfy(line -> {
            assertThat(line).matches(".* (看不出|不变)");
            // the heading of the last column is empty
            assertThat(DisplayWidth.of(line.substring(0, line.lastIndexOf(' '))) + 1 - 3).as(line).isEqualTo(end);
        });
    }

    @Test void samplesStandSideBySideWithinTheWidthAndCannotSteerATerminal() {
        Comparison comparison = comparison(List.of("这只猫阅读一本书。\n\n它很认真。", "b"),
                List.of("\u001b[31mred " + "long words again ".repeat(30), "x"),
                List.of("这只猫阅读一本书。" + "猫".repeat(50), "b"));
        String samples = new SampleColumns(comparison, 61).text(5);
        assertThat(samples).doesNotContain("\u001b").contains("␛[31mred").contains("…").contains("tuned (exact)");
        assertThat(samples.lines()).allSatisfy(line -> assertThat(DisplayWidth.of(line)).as(line)
                .isLessThanOrEqualTo(61)).noneMatch(line -> line.endsWith(" "));
        List<Integer> bars = samples.lines().filter(line -> line.contains(" | "))
                .map(line -> DisplayWidth.of(line.substring(0, line.indexOf(" | ")))).distinct().toList();
        assertThat(bars).containsExactly(29);
        assertThat(SampleColumns.wrapped("one two three\n四五六七", 7)).containsExactly("one two", "three", "四五六", "七");
        assertThat(SampleColumns.wrapped("unbreakable it", 5)).containsExactly("unbre", "akabl", "e it");
    }

    @Test void theReportEscapesWhatRowsAndModelsSay(@TempDir Path folder) throws IOException {
        RunFolder run = new RunFolder(folder.resolve("<run>"));
        EvaluationFiles.write(comparison(List.of("the <script>alert(1)</script> & \"end\""),
                List.of("</div><img src=x onerror=alert(1)>"), List.of("the <script> \u0000")), run);
        String page = Files.readString(run.evaluation().resolve("report.html"));
        assertThat(page).doesNotContain("<script").doesNotContain("<img").contains("&lt;")
                .contains("Evaluation: &lt;run&gt;").contains("<mark>the &lt;script&gt;</mark>").contains("␀");
        assertThat(page).contains("<u>alert(1)&lt;/script&gt; &amp; &quot;end&quot;</u>")
                .contains("prefers-color-scheme:dark");
    }

    private static double[] values(Comparison comparison, Measure measure) {
        Comparison.Line line = comparison.line(measure).orElseThrow();
        return new double[] {line.base(), line.tuned()};
    }

    private static Comparison comparison(List<String> expected, List<String> base, List<String> tuned) {
        List<Question> questions = IntStream.range(0, expected.size())
                .mapToObj(i -> new Question(Conversation.of("question " + i, expected.get(i),
                new Place("rows.jsonl", i + 1)), new int[] {1, 2}, false)).toList();
        List<ExampleGroup> examples = List.of(ExampleGroup.of(new Example(new int[] {1, 2, 3},
                new boolean[] {false, true, true})));
        HeldOutRows rows = new HeldOutRows(new Sft(), questions, examples, questions.size(), questions.size());
        return Comparison.of(rows, EvaluationSettings.DEFAULTS, answers(base, 4), answers(tuned, 3));
    }

    private static Answers answers(List<String> texts, double loss) {
        return new Answers(texts.stream().map(text -> new Reply(text, 3, Finish.STOP)).toList(), new LossSum(loss, 2),
                1);
    }
}
