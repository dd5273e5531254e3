package io.weft.rating;

import io.weft.metric.agreement.WinRate;
import io.weft.metric.bootstrap.Interval;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.rating.RatingResults.Agreement;
import io.weft.rating.RatingResults.RaterSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What judgements come to, by numbers counted by hand. */
class RatingCountTest {
    private static final Rater LI = Rater.human("Li"), EVA = Rater.human("Eva"), JUDGE = Rater.model("judge");
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    @TempDir Path folder;
    private RatedRows rows;

    @BeforeEach void fourRows() {
        Language.use(Language.ENGLISH);
        rows = RatedRows.of(List.of(RatedRuns.run(folder.resolve("run"), 4)));
    }

    @Test void meansAreOverAnswersAndVotesOverRatersWhereverEachStood() {
        RatingFile file = RatingFile.open(rows.file());
        // row 1: base 2 and 4 -> 3, tuned 5; row 2: base 1, tuned 4
        score(file, LI, 1, "base", 2);
        score(file, EVA, 1, "base", 4);
        score(file, LI, 1, "tuned", 5);
        score(file, LI, 2, "base", 1);
        score(file, LI, 2, "tuned", 4);
        prefer(file, LI, 1, "tuned", true);
        prefer(file, EVA, 1, "tuned", false);
        prefer(file, LI, 2, "base", false);
        prefer(file, LI, 3, "tie", true);
        prefer(file, LI, 4, "bothBad", true);
        score(file, JUDGE, 1, "base", 4.5);
        RatingResults results = RatingCount.of(rows, RatingFile.open(rows.file()), 7);

        assertThat(results.score(Rater.Kind.HUMAN, "base").orElseThrow().mean()).isEqualTo((3 + 1) / 2.0);
        assertThat(results.score(Rater.Kind.HUMAN, "base").orElseThrow().judgements()).isEqualTo(3);
        assertThat(results.score(Rater.Kind.HUMAN, "tuned").orElseThrow().mean()).isEqualTo(4.5);
        assertThat(results.score(Rater.Kind.MODEL, "base").orElseThrow().mean()).as("told apart").isEqualTo(4.5);
        assertThat(results.score(Rater.Kind.MODEL, "tuned")).isEmpty();
        RatingResults.Pair pair = results.pair(Rater.Kind.HUMAN, "base", "tuned").orElseThrow();
        assertThat(pair.votes()).isEqualTo(new WinRate(2, 2, 1));
        assertThat(pair.bothBad()).isEqualTo(1);
        assertThat(pair.difference().orElseThrow().value()).isEqualTo(((5 - 3) + (4 - 1)) / 2.0);
        assertThat(pair.verdict()).as("four rows show nothing").isEqualTo("notShown");
        assertThat(results.raters()).extracting(RaterSummary::rater).containsExactly(LI, EVA, JUDGE);
        assertThat(results.raters().get(0).means()).containsEntry("base", 1.5).containsEntry("tuned", 4.5);
        assertThat(results.raters().get(0).left() + results.raters().get(0).right()).isEqualTo(2);
        assertThat(results.elsewhere()).isZero();
    }

    @Test void agreementIsThatOfTheValuesThatSeveralGave() {
        RatingFile file = RatingFile.open(rows.file());
        double[][] given = {{2, 4}, {5, 5}, {1, 2}, {3, 3}};
        for (int i = 0; i < given.length; i++) {
            score(file, LI, i + 1, "base", given[i][0]);
            score(file, EVA, i + 1, "base", given[i][1]);
            prefer(file, LI, i + 1, i == 0 ? "base" : "tuned", true);
            prefer(file, EVA, i + 1, "tuned", i % 2 == 0);
        }
        List<Agreement> agreement = RatingCount.of(rows, RatingFile.open(rows.file()), 7).agreement();
        assertThat(agreement).hasSize(2);
        // krippendorff 0.9.0, ordinal, of [[2, 5, 1, 3], [4, 5, 2, 3]]
        assertThat(agreement.get(0).alpha().value().orElseThrow()).isCloseTo(0.6867283950617283, within(1e-12));
        // nominal, of [[b, t, t, t], [t, t, t, t]]
        assertThat(agreement.get(1).alpha().value().orElseThrow()).isCloseTo(0, within(1e-12));
        assertThat(agreement).extracting(Agreement::raters).containsOnly(List.of(LI, EVA));
    }

    @Test void aClearDifferenceIsCalledOneAndTheSeedFixesItsInterval() {
        rows = RatedRows.of(List.of(RatedRuns.run(folder.resolve("clear"), 20)));
        RatingFile file = RatingFile.open(rows.file());
        for (int row = 1; row <= 20; row++) {
            score(file, LI, row, "base", 2);
            score(file, LI, row, "tuned", row == 1 ? 2 : 4);
            prefer(file, LI, row, row == 1 ? "base" : "tuned", row % 3 == 0);
        }
        RatingResults results = RatingCount.of(rows, RatingFile.open(rows.file()), 7);
        RatingResults.Pair pair = results.pair(Rater.Kind.HUMAN, "base", "tuned").orElseThrow();
        assertThat(pair.verdict()).isEqualTo("better");
        assertThat(pair.difference().orElseThrow().verdict()).isEqualTo("better");
        Interval interval = pair.interval().orElseThrow();
        assertThat(interval.low()).isBetween(0.8, 0.95);
        assertThat(interval.high()).isEqualTo(1);
        assertThat(RatingCount.of(rows, file, 7)).isEqualTo(results);
    }

    @Test void answersThatWereMadeAnewLeaveTheirJudgementsBehind() throws IOException {
        score(RatingFile.open(rows.file()), LI, 1, "base", 2);
        score(RatingFile.open(rows.file()), LI, 2, "base", 3);
        Path samples = folder.resolve("run/evaluation/samples.jsonl");
        Files.writeString(samples, Files.readString(samples).replace("base says 1", "base says more"));
        RatedRows anew = RatedRows.of(List.of(folder.resolve("run")));
        RatingResults results = RatingCount.of(anew, RatingFile.open(anew.file()), 7);
        assertThat(results.elsewhere()).isEqualTo(1);
        assertThat(results.score(Rater.Kind.HUMAN, "base").orElseThrow().mean()).isEqualTo(3);
    }

    @Test void runsAreComparedOnTheRowsThatAllHoldOut() {
        Path one = RatedRuns.run(folder.resolve("a/run"), List.of(List.of("p", "e", "b", "one"),
                List.of("q", "e", "b", "one"), List.of("q", "e", "b", "one again")));
        Path two = RatedRuns.run(folder.resolve("b/run"), List.of(List.of("q", "e", "b", "two"),
                List.of("r", "e", "b", "two")));
        RatedRows both = RatedRows.of(List.of(one, two));
        assertThat(both.models()).containsExactly("a/run", "b/run");
        assertThat(both.rows()).hasSize(1);
        assertThat(both.rows().get(0).number()).isEqualTo(2);
        assertThat(both.notes()).containsExactly(
                one + ": 1 of 3 rows are in all of the runs; the others are left out",
                two + ": 1 of 2 rows are in all of the runs; the others are left out");
        Path other = RatedRuns.run(folder.resolve("c"), List.of(List.of("z", "e", "b", "three")));
        assertThatThrownBy(() -> RatedRows.of(List.of(one, other))).isInstanceOf(UserError.class)
                .hasMessageContaining("have no held-out row in common");
        assertThatThrownBy(() -> RatedRows.of(List.of(one, one))).hasMessageContaining("is named twice");
        assertThatThrownBy(() -> both.only(List.of("c"))).hasMessageContaining("there are a/run, b/run");
    }

    @Test void aRunWithoutSamplesSaysWhatMakesThem() throws IOException {
        Path bare = Files.createDirectories(folder.resolve("bare"));
        Files.writeString(bare.resolve("recipe.yaml"), "model: x\n");
        assertThatThrownBy(() -> RatedRows.of(List.of(bare))).isInstanceOf(UserError.class)
                .hasMessageContaining("weft evaluate " + bare);
        assertThatThrownBy(() -> RatedRows.of(List.of(folder))).hasMessageContaining("is no run");
    }

    private String key(int row, String model) {
        RatedRow rated = rows.rows().get(row - 1);
        return rated.key(rated.answers().get(model));
    }

    private void score(RatingFile file, Rater rater, int row, String model, double value) {
        file.add(new Judgement(rater, new Shown(row, List.of(List.of(model)), List.of(key(row, model))),
                new Verdict.Score(0, OptionalDouble.of(value)), false, NOW));
    }

    /** @param better a model, "tie" or "bothBad" */
    private void prefer(RatingFile file, Rater rater, int row, String better, boolean baseLeft) {
        String left = baseLeft ? "base" : "tuned", right = baseLeft ? "tuned" : "base";
        Preference preference = better.equals(left) ? Preference.LEFT : better.equals(right) ? Preference.RIGHT
                : Preference.of(better).orElseThrow();
        file.add(new Judgement(rater, new Shown(row, List.of(List.of(left), List.of(right)),
                List.of(key(row, left), key(row, right))), new Verdict.Vote(Optional.of(preference)), false, NOW));
    }
}
