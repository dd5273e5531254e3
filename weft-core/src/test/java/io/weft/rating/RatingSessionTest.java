package io.weft.rating;

import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.rating.RatingSettings.Question;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What raters are asked, and that what they said is kept. */
class RatingSessionTest {
    private static final Rater LI = Rater.human("Li"), EVA = Rater.human("Eva");
    @TempDir Path folder;

    @BeforeEach void english() { Language.use(Language.ENGLISH); }

    @Test void whoComesBackGoesOnWhereTheyWere() {
        RatedRows rows = RatedRows.of(List.of(RatedRuns.run(folder, 3)));
        RatingSession first = session(rows, LI);
        assertThat(first.nextFrom(0)).hasValue(0);
        first.judge(0, score(0, 4));
        first.judge(0, score(1, 2));
        assertThat(first.isDone(0)).as("the preference is missing").isFalse();
        first.judge(0, vote(Preference.LEFT));
        assertThat(first.isDone(0)).isTrue();
        first.judge(2, vote(Preference.BOTH_BAD));

        RatingSession again = session(rows, Rater.human("  Li "));
        assertThat(again.done()).isEqualTo(1);
        assertThat(again.nextFrom(0)).hasValue(1);
        assertThat(again.said(0)).isEqualTo(first.said(0));
        assertThat(again.said(0).scores()).containsExactly(OptionalDouble.of(4), OptionalDouble.of(2));
        assertThat(again.said(2).preference()).contains(Preference.BOTH_BAD);
        assertThat(session(rows, EVA).done()).as("of another rater nothing is seen").isZero();
        assertThat(session(rows, EVA).said(0).preference()).isEmpty();
    }

    @Test void aChangeOfMindReplacesAndIsTakenBackStepByStep() throws IOException {
        RatedRows rows = RatedRows.of(List.of(RatedRuns.run(folder, 2)));
        RatingSession session = session(rows, LI);
        session.judge(0, score(0, 4));
        session.judge(0, score(0, 5));
        session.judge(0, score(0, 5));   // nothing new
        session.judge(1, vote(Preference.TIE));
        assertThat(Files.readAllLines(rows.file())).hasSize(3);
        assertThat(session.undo()).hasValue(1);
        assertThat(session.said(1).preference()).isEmpty();
        assertThat(session.undo()).hasValue(0);
        assertThat(session(rows, LI).said(0).scores().get(0)).hasValue(4);
        assertThat(session(rows, LI).undo()).as("after a new start, too").hasValue(0);
        assertThat(session(rows, LI).said(0).scores().get(0)).isEmpty();
        assertThat(session(rows, LI).undo()).isEmpty();
        assertThat(Files.readAllLines(rows.file())).as("the file only grows").hasSize(6);
    }

    @Test void whichAnswerStandsLeftIsDrawnForEachRaterAndRow() {
        RatedRows rows = RatedRows.of(List.of(RatedRuns.run(folder, 200)));
        List<Boolean> li = tunedLeft(rows, LI), eva = tunedLeft(rows, EVA);
        assertThat(li).isEqualTo(tunedLeft(rows, LI)).isNotEqualTo(eva);
        assertThat(li.stream().filter(left -> left).count()).isBetween(75L, 125L);
        assertThat(eva.stream().filter(left -> left).count()).isBetween(75L, 125L);
        assertThat(IntStream.range(0, 200).filter(i -> li.get(i).equals(eva.get(i))).count()).isBetween(75L, 125L);
        assertThat(tunedLeft(rows.only(List.of("tuned", "base")), LI)).as("whatever the order of the models")
                .isEqualTo(li);
    }

    @Test void fewerRowsAreTheFirstOfMoreAndAnotherSeedDrawsOthers() {
        RatedRows rows = RatedRows.of(List.of(RatedRuns.run(folder, 40)));
        List<Integer> ten = drawn(rows, 10, 1);
        assertThat(drawn(rows, 20, 1).subList(0, 10)).isEqualTo(ten);
        assertThat(drawn(rows, 10, 2)).isNotEqualTo(ten);
        assertThat(ten).doesNotHaveDuplicates().isNotEqualTo(IntStream.rangeClosed(1, 10).boxed().toList());
        assertThatThrownBy(() -> new RatingSettings(OptionalInt.of(0), 1, Question.BOTH))
                .isInstanceOf(UserError.class).hasMessage("--rows 0: at least 1");
    }

    @Test void whatIsTheSameFromBothIsScoredOnceAndNotCompared() {
        RatedRows rows = RatedRows.of(List.of(RatedRuns.run(folder, List.of(
                List.of("a", "x", "one", "two"), List.of("b", "x", "same", "same")))));
        RatingPlan plan = RatingPlan.of(rows, RatingSettings.DEFAULTS);
        assertThat(plan.same()).isEqualTo(1);
        assertThat(plan.screens()).extracting(screen -> screen.answers().size()).containsExactlyInAnyOrder(1, 2);
        assertThat(plan.screens()).allMatch(screen -> screen.compares() == (screen.answers().size() == 2));
        assertThat(screens(rows, Question.PREFERENCE)).extracting(Screen::scores).containsExactly(false);
        assertThat(screens(rows, Question.SCORES)).extracting(screen -> screen.answers().size())
                .containsExactly(1, 1, 1);
    }

    @Test void ofThreeModelsEachTwoAreComparedAndEachAnswerIsScoredOnce() {
        Path one = RatedRuns.run(folder.resolve("one"), List.of(List.of("a", "x", "base", "first")));
        Path two = RatedRuns.run(folder.resolve("two"), List.of(List.of("a", "x", "base", "second")));
        Path three = RatedRuns.run(folder.resolve("three"), List.of(List.of("a", "x", "base", "third")));
        RatedRows rows = RatedRows.of(List.of(one, two, three));
        assertThat(rows.models()).containsExactly("one", "two", "three");
        RatingSession session = session(rows, LI);
        assertThat(session.screens()).isEqualTo(3);
        session.judge(0, score(0, 3));
        assertThat(IntStream.range(0, 3).filter(i -> session.said(i).scores().contains(OptionalDouble.of(3))).count())
                .as("the score stands on both screens that show the answer").isEqualTo(2);
    }

    @Test void aLineThatWasCutOffIsKeptAndToldAndStopsNobody() throws IOException {
        RatedRows rows = RatedRows.of(List.of(RatedRuns.run(folder, 2)));
        session(rows, LI).judge(0, score(0, 4));
        String torn = "{\"formatVersion\":1,\"at\":\"2026-";
        Files.writeString(rows.file(), "no json\n" + torn, StandardOpenOption.APPEND);
        RatingFile file = RatingFile.open(rows.file());
        assertThat(file.notes()).containsExactly(
                rows.file() + " line 2 is no judgement: it stays in the file and does not count",
                rows.file() + " line 3 is cut off: it stays in the file and does not count");
        new RatingSession(RatingPlan.of(rows, RatingSettings.DEFAULTS), file, LI).judge(0, score(1, 2));
        assertThat(Files.readAllLines(rows.file())).hasSize(4).contains(torn);
        assertThat(session(rows, LI).said(0).scores()).containsExactly(OptionalDouble.of(4), OptionalDouble.of(2));
        assertThat(RatingFile.open(rows.file()).notes()).hasSize(2);
    }

    @Test void aWholeLineWithoutItsLineBreakCounts() throws IOException {
        RatedRows rows = RatedRows.of(List.of(RatedRuns.run(folder, 1)));
        session(rows, LI).judge(0, score(0, 4));
        Files.writeString(rows.file(), Files.readString(rows.file()).strip());
        RatingFile file = RatingFile.open(rows.file());
        assertThat(file.notes()).isEmpty();
        file.add(new Judgement(EVA, session(rows, EVA).said(0).shown(), vote(Preference.TIE), false, Instant.now()));
        assertThat(Files.readAllLines(rows.file())).hasSize(2);
        assertThat(RatingFile.open(rows.file()).raters()).containsExactly(LI, EVA);
    }

    @Test void severalAtOnceLoseNothing() {
        RatedRows rows = RatedRows.of(List.of(RatedRuns.run(folder, 20)));
        List<CompletableFuture<Void>> all = IntStream.range(0, 4).mapToObj(i -> CompletableFuture.runAsync(() -> {
            RatingSession session = session(rows, Rater.human("rater " + i));
            IntStream.range(0, 20).forEach(screen -> session.judge(screen, score(0, 1 + screen % 5)));
        })).toList();
        all.forEach(CompletableFuture::join);
        RatingFile file = RatingFile.open(rows.file());
        assertThat(file.notes()).isEmpty();
        assertThat(file.raters()).hasSize(4).allMatch(rater -> file.standing(rater).size() == 20);
    }

    @Test void namesThatAreNoneOrAnotherKindsAreRefused() {
        RatedRows rows = RatedRows.of(List.of(RatedRuns.run(folder, 1)));
        RatingFile file = RatingFile.open(rows.file());
        file.add(new Judgement(Rater.model("gpt"), session(rows, LI).said(0).shown(), vote(Preference.TIE), false,
                Instant.now()));
        file.add(new Judgement(LI, session(rows, LI).said(0).shown(), vote(Preference.TIE), false, Instant.now()));
        assertThatThrownBy(() -> Rater.human(" \t")).isInstanceOf(UserError.class).hasMessageContaining("empty");
        assertThatThrownBy(() -> Rater.human("x".repeat(61))).hasMessageContaining("61 characters; at most 60");
        assertThatThrownBy(() -> Rater.human("a\u202eb")).hasMessageContaining("control character");
        assertThatThrownBy(() -> file.admit(Rater.human("gpt"))).isInstanceOf(UserError.class)
                .hasMessageContaining("'gpt' is the name of a model's judgements");
        assertThatThrownBy(() -> file.admit(Rater.model("Li"))).hasMessageContaining("--judge-name");
        assertThat(file.admit(LI)).isEqualTo(LI);
    }

    @Test void aFileOfANewerWeftIsRefusedAndNotTouched() throws IOException {
        RatedRows rows = RatedRows.of(List.of(RatedRuns.run(folder, 1)));
        session(rows, LI).judge(0, score(0, 4));
        String newer = Files.readString(rows.file()).replace("\"formatVersion\":1", "\"formatVersion\":2");
        Files.writeString(rows.file(), newer);
        assertThatThrownBy(() -> RatingFile.open(rows.file())).isInstanceOf(UserError.class)
                .hasMessageContaining("line 1 was written by a newer Weft");
        assertThat(Files.readString(rows.file())).isEqualTo(newer);
    }

    private static Verdict.Score score(int position, int value) {
        return new Verdict.Score(position, OptionalDouble.of(value));
    }

    private static Verdict.Vote vote(Preference preference) { return new Verdict.Vote(Optional.of(preference)); }

    private static RatingSession session(RatedRows rows, Rater rater) {
        return new RatingSession(RatingPlan.of(rows, RatingSettings.DEFAULTS), RatingFile.open(rows.file()), rater);
    }

    private static List<Screen> screens(RatedRows rows, Question question) {
        return RatingPlan.of(rows, new RatingSettings(OptionalInt.empty(), 42, question)).screens();
    }

    private static List<Integer> drawn(RatedRows rows, int count, long seed) {
        return RatingPlan.of(rows, new RatingSettings(OptionalInt.of(count), seed, Question.BOTH)).screens().stream()
                .map(screen -> screen.row().number()).toList();
    }

    /** By screen: whether the tuned model's answer stands left. */
    private static List<Boolean> tunedLeft(RatedRows rows, Rater rater) {
        RatingSession session = session(rows, rater);
        Set<String> both = new HashSet<>(List.of("base", "tuned"));
        return IntStream.range(0, session.screens()).mapToObj(i -> session.said(i).shown()).map(shown -> {
            assertThat(shown.models().stream().flatMap(List::stream).toList())
                    .containsExactlyInAnyOrderElementsOf(both);
            return shown.models().get(0).contains("tuned");
        }).toList();
    }
}
