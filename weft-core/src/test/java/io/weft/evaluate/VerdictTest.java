package io.weft.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.Conversation;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Place;
import io.weft.data.Sample;
import io.weft.evaluate.Answers.Reply;
import io.weft.evaluate.HeldOutRows.Question;
import io.weft.evaluate.sample.SampleRows;
import io.weft.generate.Answer.Finish;
import io.weft.objective.LossSum;
import io.weft.objective.Sft;
import io.weft.problem.Language;
import io.weft.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** A measure speaks where a perfect model would score fully, and a verdict is no rounding error. */
class VerdictTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final Language before = Language.current();
    @TempDir Path folder;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @Test void bleuSaysNothingOfAnswersUnderFourTokens() throws IOException {
        // sacrebleu 2.6: corpus_bleu(["yes", "no", "yes", "42"], the same) is 0.00
        List<String> expected = List.of("yes", "no", "yes", "42");
        Comparison comparison = comparison(expected, List.of("yes it is so", "x", "", "y"), expected, List.of());
        assertThat(comparison.line(Measure.BLEU)).isEmpty();
        assertThat(comparison.line(Measure.ROUGE_2)).isEmpty();
        assertThat(comparison.line(Measure.ROUGE_1).orElseThrow().tuned()).isCloseTo(100, within(1e-9));
        assertThat(comparison.notApplicable()).anyMatch(line -> line.startsWith("BLEU-4: not applicable, none of the 4 "
                + "expected answers has four tokens")).anyMatch(line -> line.startsWith("ROUGE-2: not applicable"));
        assertThat(ScoreTable.rows(comparison)).filteredOn(row -> row.cells().get(1).equals("n/a"))
                .extracting(row -> row.cells().get(0)).containsExactly("ROUGE-2 (F1)", "BLEU-4");
        JsonNode scores = written(comparison);
        JsonNode bleu = measure(scores, "bleu");
        assertThat(bleu.path("tuned").isNull()).isTrue();
        assertThat(bleu.path("verdict").asText()).isEqualTo("notApplicable");
        assertThat(bleu.path("reason").asText()).contains("four tokens");
        assertThat(scores.at("/tuned/bleu").isMissingNode()).isTrue();
        assertThat(Files.readString(folder.resolve("run/evaluation/report.html"))).contains("<td>n/a</td>")
                .contains("has four tokens");
    }

    @Test void whereOneAnswerIsLongEnoughBleuIsSacrebleusAndSaysOnWhatItHangs() {
        // sacrebleu 2.6: 100.00, 100.0/100.0/100.0/100.0
        List<String> expected = List.of("yes", "no", "yes", "one two three four");
        Comparison comparison = comparison(expected, List.of("a", "b", "c", "d"), expected, List.of());
        assertThat(comparison.line(Measure.BLEU).orElseThrow().tuned()).isCloseTo(100, within(1e-9));
        assertThat(Notices.of(comparison)).contains("BLEU-4: only 1 of 4 expected answers have four tokens; the score "
                + "hangs on them", "ROUGE-2: 3 of 4 expected answers have one word and count as 0, whatever is "
                + "answered");
    }

    @Test void signsAreNoWordsAndAnEmptyAnswerIsNoMatch() throws IOException {
        List<String> signs = List.of("+", "?!", "...");
        Comparison comparison = comparison(signs, signs, signs, List.of());
        assertThat(comparison.line(Measure.ROUGE_L)).isEmpty();
        assertThat(comparison.line(Measure.EXACT_MATCH).orElseThrow().tuned()).isEqualTo(100);
        assertThat(comparison.notApplicable()).anyMatch(line -> line.contains("none of the 3 expected answers has a "
                + "word"));
        EvaluationFiles.write(comparison, new RunFolder(folder.resolve("run")));
        assertThat(JSON.readTree(Files.readAllLines(folder.resolve("run/evaluation/samples.jsonl")).get(0))
                .at("/tuned/rougeL").isNull()).isTrue();

        Comparison empty = comparison(List.of("", " "), List.of("a", "b"), List.of("", ""), List.of());
        assertThat(empty.lines()).extracting(Comparison.Line::measure).containsExactly(Measure.LOSS,
                Measure.PERPLEXITY);
        assertThat(empty.notApplicable()).contains("ROUGE, BLEU, exact match: not applicable, all 2 expected answers "
                + "are empty");
    }

    @Test void emptyAndUnfinishedAnswersAreCountedAndTold() throws IOException {
        Comparison comparison = comparison(List.of("one two", "three"), List.of("x", "\n"), List.of("", " \n"),
                List.of());
        assertThat(comparison.tuned().empty()).isEqualTo(2);
        assertThat(ScoreTable.conditions(comparison)).contains("empty answers: base 1, tuned 2");
        assertThat(Notices.of(comparison)).contains("2 of 2 tuned answers are empty");
        JsonNode scores = written(comparison);
        assertThat(scores.at("/tuned/generation/empty").asInt()).isEqualTo(2);
        assertThat(scores.at("/base/generation/empty").asInt()).isEqualTo(1);

        Answers endless = new Answers(List.of(new Reply("on and on", 256, Finish.LENGTH)), new LossSum(1, 2), 1);
        assertThat(Notices.of(Comparison.of(rows(List.of("x"), List.of()), EvaluationSettings.DEFAULTS, endless,
                endless))).anyMatch(line -> line.startsWith("every tuned answer was cut at 256 tokens"));
    }

    @Test void whatDiffersByLessThanIsPrintedIsTheSame() {
        assertThat(new Comparison.Line(Measure.LOSS, 1.5, 1.50000002).verdict()).isEqualTo(Verdict.SAME);
        assertThat(new Comparison.Line(Measure.LOSS, 1.5, 1.4999).verdict()).isEqualTo(Verdict.NOT_SHOWN);
        assertThat(new Comparison.Line(Measure.ROUGE_1, Math.nextUp(33.3), 33.3).verdict()).isEqualTo(Verdict.SAME);
        assertThat(new Comparison.Line(Measure.ROUGE_1, 33.3, Math.nextUp(33.3)).percent()).hasValue(0);
        assertThat(new Comparison.Line(Measure.LOSS, 1.5, Double.NaN).verdict()).isEqualTo(Verdict.WORSE);
        assertThat(new Comparison.Line(Measure.LOSS, Double.NaN, 1.5).verdict()).isEqualTo(Verdict.BETTER);
        assertThat(new Comparison.Line(Measure.PERPLEXITY, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY)
                .verdict()).isEqualTo(Verdict.SAME);
        Comparison comparison = Comparison.of(rows(List.of("a b c d e"), List.of()), EvaluationSettings.DEFAULTS,
                answers(List.of("a"), 3), answers(List.of("a"), 3 + 4e-8));
        assertThat(ScoreTable.rows(comparison).get(0).cells()).containsExactly("held-out loss", "1.5000", "1.5000",
                "+0.0000", "", "+0.0 %", "same");
    }

    @Test void aDifferenceIsCalledOneOnlyWhereTheRowsShowIt() throws IOException {
        List<String> expected = IntStream.range(0, 40).mapToObj(i -> "answer " + i).toList(),
                wrong = expected.stream().map(answer -> "no").toList(),
                half = IntStream.range(0, 40).mapToObj(i -> i % 2 == 0 ? expected.get(i) : "no").toList(),
                few = IntStream.range(0, 40).mapToObj(i -> i < 4 ? expected.get(i) : "no").toList();
        Comparison.Line shown = comparison(expected, wrong, half, List.of()).line(Measure.EXACT_MATCH).orElseThrow(),
                unclear = comparison(expected, wrong, few, List.of()).line(Measure.EXACT_MATCH).orElseThrow();
        assertThat(shown.verdict()).isEqualTo(Verdict.BETTER);
        assertThat(comparison(expected, half, wrong, List.of()).line(Measure.EXACT_MATCH).orElseThrow().verdict())
                .isEqualTo(Verdict.WORSE);
        // 20 of 40: a binomial's 95 % is 50 +- 15.5
        assertThat(shown.chance().orElseThrow().interval().low()).isBetween(30.0, 40.0);
        assertThat(shown.chance().orElseThrow().interval().high()).isBetween(60.0, 70.0);
        assertThat(unclear.difference()).isEqualTo(10);
        assertThat(unclear.verdict()).isEqualTo(Verdict.NOT_SHOWN);
        Comparison comparison = comparison(expected, wrong, few, List.of());
        assertThat(Notices.of(comparison))
                .anyMatch(line -> line.startsWith("not shown: no difference that these 40 rows "
                + "can show")).anyMatch(line -> line.startsWith("rows that would likely show a difference"));
        JsonNode row = measure(written(comparison), "exactMatch");
        assertThat(row.path("verdict").asText()).isEqualTo("notShown");
        assertThat(row.at("/differenceInterval/0").asDouble()).isLessThan(10);
        assertThat(row.at("/intervals/tuned/1").asDouble()).isGreaterThan(10);
        assertThat(row.path("rowsNeeded").asInt()).isGreaterThan(40);
        assertThat(Notices.of(comparison(expected.subList(0, 5), wrong.subList(0, 5), expected.subList(0, 5),
                List.of()))).contains("not shown: 5 rows are too few to tell a difference from chance; 6 or more are "
                + "needed");
    }

    @Test void severalModelsStandSideBySideAndLossesOfOtherTokensAreNotCompared() throws IOException {
        List<String> expected = IntStream.range(0, 12).mapToObj(i -> "answer " + i).toList(),
                wrong = expected.stream().map(answer -> "no").toList();
        HeldOutRows rows = rows(expected, List.of());
        HeldOutRows others = new HeldOutRows(new Sft(), rows.questions(), List.of(ExampleGroup.of(
                new Example(new int[] {1, 2, 9}, new boolean[] {false, true, true}))), 12, 12);
        Comparison three = Comparison.of(List.of(new Comparison.Entry("a", rows, answers(wrong, 4)),
                new Comparison.Entry("b", rows, answers(expected, 3)),
                new Comparison.Entry("c", others, answers(expected, 2))), EvaluationSettings.DEFAULTS);
        assertThat(ScoreTable.heading(three)).containsExactly("", "a", "b", "", "c", "");
        assertThat(three.line(Measure.LOSS, 0, 1)).isPresent();
        assertThat(three.line(Measure.LOSS, 0, 2)).isEmpty();
        assertThat(three.line(Measure.EXACT_MATCH, 1, 2).orElseThrow().verdict()).isEqualTo(Verdict.SAME);
        assertThat(three.line(Measure.EXACT_MATCH, 0, 2).orElseThrow().verdict()).isEqualTo(Verdict.BETTER);
        assertThat(Notices.of(three)).anyMatch(line -> line.contains("those of c are others than those of a"));
        JsonNode scores = written(three);
        assertThat(scores.path("models")).extracting(JsonNode::asText).containsExactly("a", "b", "c");
        assertThat(measure(scores, "exactMatch").path("c").asDouble()).isEqualTo(100);
        assertThat(measure(scores, "loss").path("differences")).hasSize(1);
        assertThat(measure(scores, "exactMatch").path("differences")).hasSize(3);
        assertThat(scores.at("/details/c/exactMatch/strict").asDouble()).isEqualTo(100);
        SampleRows samples = SampleRows.read(folder.resolve("run/evaluation"));
        assertThat(samples.models()).containsExactly("a", "b", "c");
        assertThat(samples.rows().get(3).answers().get("c").answer()).isEqualTo("answer 3");
    }

    @Test void oneLabelTellsNothingApart() {
        Comparison comparison = comparison(List.of("yes", "yes "), List.of("no", "x"), List.of("yes", "yes"),
                List.of("yes", "yes", "yes"));
        assertThat(comparison.line(Measure.ACCURACY)).isEmpty();
        assertThat(comparison.line(Measure.EXACT_MATCH).orElseThrow().tuned()).isEqualTo(100);
        assertThat(comparison.notApplicable()).anyMatch(line -> line.contains("every held-out answer is the same "
                + "(\"yes\")"));
    }

    @Test void aFewShortAnswersAreFreeTextWhenTrainingAnsweredOtherThings() {
        List<String> expected = List.of("Paris", "Rome", "Oslo"),
                trained = IntStream.range(0, 40).mapToObj(i -> "city " + i).toList();
        Comparison free = comparison(expected, expected, expected, trained);
        assertThat(free.line(Measure.MACRO_F1)).isEmpty();
        assertThat(free.notApplicable()).anyMatch(line -> line.contains("free text: few and short, but only 0 of 40 "
                + "training rows answer with one of them"));
        assertThat(LabelTable.of(free)).isEmpty();
        List<String> labels = IntStream.range(0, 40).mapToObj(i -> expected.get(i % 3)).toList();
        assertThat(comparison(expected, expected, expected, labels).line(Measure.MACRO_F1)).isPresent();
    }

    @Test void labelsTheirScoresAndWhatIsNoLabelStandInTablePageAndFile() throws IOException {
        List<String> expected = List.of("正面", "正面", "负面", "负面", "中性"),
                trained = List.of("正面", "正面", "正面", "负面", "负面\n", "负面", "正面。", "Positive", "Positive");
        Comparison comparison = comparison(expected, List.of("<b>", "<b>", "", "负面", "x"),
                List.of("正面", "正面。", "正面", "负面", "负面"), trained);
        LabelTable table = LabelTable.of(comparison).orElseThrow();
        assertThat(table.heading()).containsExactly("label", "held-out rows", "training rows", "base precision %",
                "recall %", "F1 %", "tuned precision %", "recall %", "F1 %");
        // scikit-learn 1.7: precision_recall_fscore_support(labels=[中性, 正面, 负面], zero_division=0)
        assertThat(table.lines()).containsExactly(
                List.of("中性", "1", "0", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00"),
                List.of("正面", "2", "3", "0.00", "0.00", "0.00", "50.00", "50.00", "50.00"),
                List.of("负面", "2", "3", "100.00", "50.00", "66.67", "50.00", "50.00", "50.00"));
        assertThat(table.notes()).containsExactly(
                "3 labels: the held-out answers, which are few and short, and which 6 of 9 training rows answer",
                "no training row answers with these labels, so they were never learned (held-out rows): \"中性\" 1",
                "training rows also answer what no held-out row does: \"正面。\" 1, \"Positive\" 2",
                "always answering \"正面\", the most frequent label, would be right in 40.00 % of 5 rows",
                "answers that are no label: base 4 (\"<b>\" 2, \"\" 1, \"x\" 1); tuned 1 (\"正面。\" 1)",
                "of the tuned ones 1 would be a label but for case, width, white space or a full stop");
        assertThat(table.confusions().get(0).mistakes())
                .hasValueSatisfying(line -> assertThat(line).startsWith("tuned mistakes: ")
                .contains("\"中性\" as \"负面\" 1", "\"正面\" as no label 1", "\"负面\" as \"正面\" 1"));
        assertThat(table.confusions().get(0).lines()).containsExactly(List.of("中性", "0", "0", "1", "0"),
                List.of("正面", "0", "1", "0", "1"), List.of("负面", "0", "1", "1", "0"));

        JsonNode scores = written(comparison);
        assertThat(scores.at("/tuned/classification/unknownAnswers").asInt()).isEqualTo(1);
        assertThat(scores.at("/tuned/classification/unknown/0/answer").asText()).isEqualTo("正面。");
        assertThat(scores.at("/tuned/classification/confusion").findValues("rows").stream()
                .mapToInt(JsonNode::asInt).sum()).isEqualTo(5);
        assertThat(scores.at("/labels/inTraining/中性").asInt()).isZero();
        assertThat(scores.at("/labels/onlyInTraining/Positive").asInt()).isEqualTo(2);
        assertThat(Files.readString(folder.resolve("run/evaluation/report.html")))
                .contains("<td>中性</td><td>1</td><td>0</td>").contains("answers that are no label: base 4 (&quot;&lt;b")
                .contains("expected \\ tuned answer");
    }

    @Test void oneLabelSpelledTwiceAndATuningThatChangedNothingAreTold() {
        List<String> expected = List.of("Yes", "yes", "no", "no"), same = List.of("yes", "Yes.", "no", "no");
        Comparison comparison = comparison(expected, same, same, expected);
        assertThat(LabelTable.of(comparison).orElseThrow().notes()).contains("labels that differ only in case, width, "
                + "white space or a full stop: \"Yes\", \"yes\"");
        assertThat(Notices.of(comparison))
                .contains("the tuned model answers every row as the base does: tuning changed "
                + "no answer");
        assertThat(Notices.of(comparison(expected, same, expected, expected)))
                .noneMatch(line -> line.contains("changed no answer"));
    }

    private JsonNode written(Comparison comparison) throws IOException {
        EvaluationFiles.write(comparison, new RunFolder(folder.resolve("run")));
        return JSON.readTree(folder.resolve("run/evaluation/scores.json").toFile());
    }

    private static JsonNode measure(JsonNode scores, String key) {
        for (JsonNode row : scores.path("table")) {
            if (row.path("measure").asText().equals(key)) {
                return row;
            }
        }
        throw new AssertionError(key);
    }

    /** @param trained what training rows answer, none for a run whose rows nobody looks at */
    private static HeldOutRows rows(List<String> expected, List<String> trained) {
        List<Question> questions = IntStream.range(0, expected.size()).mapToObj(i ->
                new Question(row(i, expected.get(i)), new int[] {1, 2}, false)).toList();
        HeldOutRows rows = new HeldOutRows(new Sft(), questions, List.of(ExampleGroup.of(
                new Example(new int[] {1, 2, 3}, new boolean[] {false, true, true}))), expected.size(),
                expected.size());
        List<? extends Sample> training = trained.stream().map(answer -> row(0, answer)).toList();
        return trained.isEmpty() ? rows : rows.trainedOn(training);
    }

    private static Conversation row(int number, String answer) {
        return Conversation.of("question " + number, answer, new Place("rows.jsonl", number + 1));
    }

    private static Comparison comparison(List<String> expected, List<String> base, List<String> tuned,
            List<String> trained) {
        return Comparison.of(rows(expected, trained), EvaluationSettings.DEFAULTS, answers(base, 4),
                answers(tuned, 3));
    }

    private static Answers answers(List<String> texts, double loss) {
        return new Answers(texts.stream().map(text -> new Reply(text, 3, Finish.STOP)).toList(), new LossSum(loss, 2),
                1);
    }
}
