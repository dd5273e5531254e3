package io.weft.data.mend.step;

import io.weft.data.Sample;
import io.weft.data.augment.AnsweringModel;
import io.weft.data.augment.AnsweringModels;
import io.weft.data.augment.AugmentLimits;
import io.weft.data.augment.ModelSource;
import io.weft.data.mend.Clean;
import io.weft.data.mend.MendCounts;
import io.weft.data.mend.MendStep;
import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.Preparation;
import io.weft.data.prepare.PreparedData;
import io.weft.data.prepare.PreparedRows;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Masks, decisions and augmentation from a user's file to a data folder. */
final class StepsTest {
    private static final String[] FRUIT = {"apples", "pears", "plums", "figs", "dates", "limes", "grapes", "melons",
        "cherries", "peaches"};
    @TempDir Path folder;
    private int runs;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    private Path write(String name, List<String> lines) throws IOException {
        return Files.write(folder.resolve(name), lines);
    }

    private static String row(String prompt, String completion) {
        return "{\"prompt\":\"" + prompt + "\",\"completion\":\"" + completion + "\"}";
    }

    private PreparedData prepare(Path file, String heldOut, MendStep... steps) {
        return prepare(file, heldOut, AnsweringModels.NONE, steps);
    }

    private PreparedData prepare(Path file, String heldOut, AnsweringModels models, MendStep... steps) {
        DataSettings settings = DataSettings.DEFAULTS.withTrain(file.toString()).withMend(List.of(steps));
        return Preparation.prepare(settings.withSplit(settings.split().withHeldOut(heldOut)), 42,
                folder.resolve("run" + runs++), kind -> true, models);
    }

    private static List<Sample> all(PreparedRows rows) {
        return List.copyOf(rows);
    }

    private static String allFiles(PreparedData data) throws IOException {
        try (Stream<Path> files = Files.list(data.folder())) {
            List<String> texts = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                texts.add(Files.readString(file));
            }
            return String.join("\n", texts);
        }
    }

    @Test void whatIsMaskedStandsInNoFileThatIsWritten() throws IOException {
        Path file = write("rows.jsonl", List.of(row("call 13812345678\\u0007", "mail a.b@c.org"), row("x", "y"),
                row("13912345678", ""), row("same", "13712345678"), row("same", "13612345678")));
        String before = Files.readString(file);
        PreparedData data = prepare(file, "0", new Mask(), new Clean());
        assertThat(all(data.train())).extracting(row -> row.asked().get(0).content() + "|" + row.answers().get(0))
                .containsExactly("call <phone>|mail <email>", "x|y", "same|<phone>", "same|<phone>");
        assertThat(allFiles(data)).doesNotContain("12345678", "a.b@c.org").contains("call <phone>");
        assertThat(data.manifest().mended().get("mask"))
                .isEqualTo(new MendCounts(3, 0, 0, 0, Map.of("email", 1, "phone", 3)));
        assertThat(Files.readString(file)).isEqualTo(before);
    }

    @Test void aKindThatThereIsNotIsRefused() throws IOException {
        Path file = write("rows.jsonl", List.of(row("a", "b")));
        assertThatThrownBy(() -> prepare(file, "0", new Mask(List.of("phone", "emial")))).isInstanceOf(UserError.class)
                .hasMessageContaining("there is no 'emial'; expected any of key, email").hasMessageContaining("email?");
    }

    private static List<String> contradicting() {
        return List.of(row("sky?", "blue"), row("sky?", "green"), row("grass?", "green"), row("sum?", "3"),
                row("sum?", "4"), row("tie?", "a"), row("tie?", "b"));
    }

    @Test void contradictionsAreLaidOutDecidedAndCarriedOut() throws IOException {
        Path file = write("rows.jsonl", contradicting());
        PreparedData first = prepare(file, "0");
        List<String> review = Files.readAllLines(first.folder().resolve("review.csv"));
        assertThat(review).hasSize(7);
        assertThat(first.manifest().flags()).isEqualTo(Map.of("conflicting_completion", 6));
        List<String> decided = new ArrayList<>();
        String[] decisions = {"", "keep,,", "drop,,", ",,", "change,5,", ",,", ",,"};
        for (int i = 0; i < review.size(); i++) {
            decided.add(i == 0 ? review.get(0) : review.get(i).replaceFirst(",,h1-", decisions[i] + "h1-"));
        }
        Path file2 = write("decisions.csv", decided);
        PreparedData second = prepare(file, "0", new DecideRows(file2.toString()));
        assertThat(all(second.train())).extracting(row -> row.asked().get(0).content() + row.answers().get(0))
                .containsExactly("sky?blue", "grass?green", "sum?3", "sum?5", "tie?a", "tie?b");
        assertThat(second.manifest().mended().get("decisions"))
                .isEqualTo(new MendCounts(1, 1, 0, 0, Map.of("corrected", 1, "dropped", 1)));
        assertThat(second.manifest().flags()).containsEntry(PreparedData.UNDECIDED, 4);
        assertThat(Files.readString(second.folder().resolve("review.jsonl"))).contains("\"answer\":\"5\"")
                .doesNotContain("sky?");
    }

    @Test void rowsThatAPersonLetsStandAreNotLaidOutAgain() throws IOException {
        Path file = write("rows.jsonl", contradicting());
        List<String> review = new ArrayList<>();
        for (String line : Files.readAllLines(prepare(file, "0").folder().resolve("review.csv"))) {
            review.add(line.replaceFirst(",,h1-", ",keep,,h1-").replaceFirst(",,keep", ",keep"));
        }
        PreparedData again = prepare(file, "0", new DecideRows(write("decisions.csv", review).toString()));
        assertThat(again.train().size()).isEqualTo(7);
        assertThat(again.folder().resolve("review.csv")).doesNotExist();
        assertThat(again.manifest().flags()).doesNotContainKey(PreparedData.UNDECIDED);
    }

    @Test void aDecisionOnARowThatWasEditedStopsAndNothingIsWritten() throws IOException {
        Path file = write("rows.jsonl", contradicting());
        List<String> review = new ArrayList<>();
        for (String line : Files.readAllLines(prepare(file, "0").folder().resolve("review.csv"))) {
            review.add(line.replaceFirst(",,h1-", "drop,,h1-"));
        }
        Path decisions = write("decisions.csv", review.subList(0, 2));
        Files.write(file, Stream.concat(Stream.of(row("sky?", "azure")), contradicting().stream().skip(1)).toList());
        assertThatThrownBy(() -> prepare(file, "0", new DecideRows(decisions.toString())))
                .isInstanceOf(UserError.class).hasMessageContaining("line 2: no row says what the row decided here "
                + "said");
        assertThat(folder.resolve("run1")).doesNotExist();
    }

    private Path instructions() throws IOException {
        List<String> rows = new ArrayList<>();
        for (String fruit : FRUIT) {
            rows.add(row("Write a poem about " + fruit + ".", "poem of " + fruit));
            rows.add(row("列出三种" + fruit + "的吃法。", "list of " + fruit));
        }
        return write("rows.jsonl", rows);
    }

    private static Set<String> asked(PreparedRows rows) {
        return all(rows).stream().map(row -> row.asked().get(0).content())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test void rowsAreMadeOfTrainingRowsAndMarked() throws IOException {
        Path file = instructions();
        PreparedData plain = prepare(file, "0.2"), more = prepare(file, "0.2", new Augment());
        assertThat(asked(more.heldOut())).isEqualTo(asked(plain.heldOut()));
        assertThat(more.train().size()).isEqualTo(24);
        List<Sample> rows = all(more.train());
        assertThat(rows.subList(0, 16)).isEqualTo(all(plain.train()));
        assertThat(Files.readAllLines(more.folder().resolve("train.jsonl.made"))).hasSize(8)
                .allSatisfy(line -> assertThat(line).contains("\"step\":\"augment\""));
        for (Sample made : rows.subList(16, 24)) {
            Sample origin = rows.stream().filter(row -> row.place().equals(made.place())).findFirst().orElseThrow();
            assertThat(made.answers()).isEqualTo(origin.answers());
            assertThat(made.asked()).isNotEqualTo(origin.asked());
        }
        assertThat(asked(more.train())).hasSize(24).doesNotContainAnyElementsOf(asked(more.heldOut()));
        assertThat(more.manifest().mended().get("augment").added()).isEqualTo(8);
        assertThat(Files.readString(prepare(file, "0.2", new Augment()).folder().resolve("train.jsonl")))
                .isEqualTo(Files.readString(more.folder().resolve("train.jsonl")));
    }

    /** Says a sentence otherwise as scripted, and counts what it was asked. */
    private static AnsweringModels scripted(List<String> asked) {
        return (source, log) -> new AnsweringModel() {
            @Override public List<Optional<String>> answer(List<String> questions, boolean greedy, int take) {
                asked.addAll(questions);
                return questions.stream()
                        .map(question -> Optional.of(greedy ? question.contains("pears") ? "No." : "Yes."
                        : question.contains("figs") ? "Write a poem about two figs."
                        : "Compose" + question.substring(question.lastIndexOf("Write") + 5).strip()
                        .transform(" "::concat)
                        .replace(".", ", please."))).toList();
            }

            @Override public void close() { asked.add("closed"); }
        };
    }

    @Test void aModelsParaphraseIsLetInWhenTheChecksAndTheModelAgree() throws IOException {
        List<String> rows = Stream.of(FRUIT).map(fruit -> row("Write a poem about " + fruit + ".", fruit)).toList();
        Path file = write("rows.jsonl", rows);
        List<String> asked = new ArrayList<>();
        Augment step = new Augment(Augment.By.ENDPOINT, new AugmentLimits(2, OptionalInt.empty(), 1, 2, 0.25, true),
                new ModelSource(Optional.of("m"), Optional.of("http://h/v1"), Optional.empty(),
                OptionalDouble.empty(), 1,
                Optional.empty()));
        PreparedData data = prepare(file, "0", scripted(asked), step);
        assertThat(data.train().size()).isEqualTo(18);
        assertThat(asked(data.train())).contains("Compose a poem about apples, please.").hasSize(18);
        assertThat(data.manifest().mended().get("augment")).isEqualTo(new MendCounts(0, 0, 8, 0,
                Map.of("paraphrase", 8, "refused:disagreed", 1, "refused:numbers", 1)));
        assertThat(asked).hasSize(20).last().isEqualTo("closed");
    }

    @Test void whatDoesNotFitTogetherIsToldAtOnce() throws IOException {
        Path file = instructions();
        assertThatThrownBy(() -> prepare(file, "0.2", new Augment(Augment.By.ENDPOINT, AugmentLimits.DEFAULTS,
                ModelSource.DEFAULTS))).isInstanceOf(UserError.class).hasMessageContaining("has 2 problems")
                .hasMessageContaining("data.mend.augment.model is missing").hasMessageContaining("endpoint is missing");
        Path texts = write("short.jsonl", List.of(row("My dog sleeps.", "a"), row("It rains today.", "b")));
        assertThatThrownBy(() -> prepare(texts, "0", new Augment())).isInstanceOf(UserError.class)
                .hasMessageContaining("not one row could be made ({noRule=2})");
    }
}
