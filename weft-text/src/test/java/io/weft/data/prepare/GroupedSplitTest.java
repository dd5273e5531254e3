package io.weft.data.prepare;

import io.weft.data.Conversation;
import io.weft.data.Labelled;
import io.weft.data.Place;
import io.weft.data.Sample;
import io.weft.data.clean.Kept;
import io.weft.data.mend.Dedupe;
import io.weft.data.mend.RowGroups;
import io.weft.data.split.GroupedSplit;
import io.weft.data.split.Split;
import io.weft.data.split.SplitSettings;
import io.weft.file.Folders;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GroupedSplitTest {
    @TempDir Path folder;

    @BeforeEach void english() { Language.use(Language.ENGLISH); }

    @Test void groupsOfOneRowAreSplitAsRowsAre() {
        int[] rows = IntStream.range(0, 137).toArray();
        for (long seed : new long[] {0, 42}) {
            Split usual = Split.of(137, 14, seed);
            for (RowGroups alone : List.of(groups(137, String::valueOf), groups(137, i -> null))) {
                Split split = GroupedSplit.of(rows, 14, seed, Optional.of(alone), Optional.empty()).split();
                assertThat(split.train()).isEqualTo(usual.train());
                assertThat(split.heldOut()).isEqualTo(usual.heldOut());
            }
            Split one = GroupedSplit.of(rows, 14, seed, Optional.empty(), Optional.of(groups(137, i -> "x"))).split();
            assertThat(one.heldOut()).isEqualTo(usual.heldOut());
        }
    }

    @Test void aGroupIsNeverDividedAndNoMoreIsHeldOutThanAsked() {
        for (long seed = 0; seed < 20; seed++) {
            RowGroups groups = groups(200, i -> "g" + i * i % 37);
            var result = GroupedSplit.of(IntStream.range(0, 200).toArray(), 20, seed, Optional.of(groups),
                    Optional.empty());
            Split split = result.split();
            Set<Integer> train = of(split.train(), groups), held = of(split.heldOut(), groups);
            assertThat(train).doesNotContainAnyElementsOf(held);
            assertThat(split.heldOut().length).isBetween(1, 20);
            assertThat(result.flags().getOrDefault("held_out_fewer_than_asked", 0))
                    .isEqualTo(20 - split.heldOut().length);
            assertThat(IntStream.concat(Arrays.stream(split.train()), Arrays.stream(split.heldOut())).sorted())
                    .containsExactly(IntStream.range(0, 200).boxed().toArray(Integer[]::new));
        }
    }

    @Test void everyStratumHasItsShare() {
        RowGroups strata = groups(100, i -> i < 70 ? "a" : i < 90 ? "b" : i < 99 ? "c" : "d");
        var result = GroupedSplit.of(IntStream.range(0, 100).toArray(), 10, 42, Optional.empty(), Optional.of(strata));
        int[] counts = new int[4];
        for (int row : result.split().heldOut()) {
            counts[strata.of(row)]++;
        }
        assertThat(counts).containsExactly(7, 2, 1, 0);
        assertThat(result.flags()).isEqualTo(Map.of("stratum_not_held_out", 1));
    }

    @Test void groupsAreStratifiedToo() {
        RowGroups strata = groups(400, i -> i % 400 < 300 ? "a" : "b"), groups = groups(400, i -> "g" + i / 4);
        Split split = GroupedSplit.of(IntStream.range(0, 400).toArray(), 40, 7, Optional.of(groups),
                Optional.of(strata))
                .split();
        assertThat(of(split.train(), groups)).doesNotContainAnyElementsOf(of(split.heldOut(), groups));
        assertThat(Arrays.stream(split.heldOut()).filter(row -> strata.of(row) == 0).count()).isBetween(26L, 30L);
        assertThat(Arrays.stream(split.heldOut()).filter(row -> strata.of(row) == 1).count()).isBetween(6L, 10L);
    }

    @Test void whatCannotBeSplitIsRefusedByKey() {
        int[] rows = IntStream.range(0, 20).toArray();
        assertThatThrownBy(() -> GroupedSplit.of(rows, 2, 42, Optional.of(groups(20, i -> "g" + i / 10)),
                Optional.empty())).isInstanceOf(UserError.class).hasMessageContaining(
                "data.groupBy: 'f' puts 20 rows into 2 groups, the smallest of 10 rows, and 2 rows are to be held out");
        assertThatThrownBy(() -> GroupedSplit.of(rows, 2, 42, Optional.empty(), Optional.of(groups(20,
                String::valueOf)))).isInstanceOf(UserError.class)
                .hasMessageContaining("data.stratifyBy: 'f' has 20 different values in 20 rows");
        DataSettings usual = MendingTest.settings(Path.of("x"), "0.1");
        assertThatThrownBy(() -> Preparation.prepare(usual.withSplit(SplitSettings.DEFAULTS.withHeldOut("0")
                .withGroupBy("prompt").withStratifyBy("prompt")), 42, folder.resolve("run")))
                .isInstanceOf(UserError.class).hasMessageContaining("data has 2 problems")
                .hasMessageContaining("data.stratifyBy: 'prompt' is what rows are grouped by too")
                .hasMessageContaining("data.groupBy: no row is drawn to be held out (data.heldOut: 0)");
    }

    @Test void rowsWithOnePromptStandOnOneSide() throws IOException {
        Path file = Files.writeString(folder.resolve("rows.jsonl"), String.join("\n", MendingTest.rows(60,
                i -> "{\"prompt\":\"p" + i % 25 + "\",\"completion\":\"c" + i + "\",\"doc\":" + i / 6 + "}")));
        DataSettings settings = MendingTest.settings(file, "0.2");
        PreparedData usual = Preparation.prepare(settings, 42, folder.resolve("run"));
        assertThat(usual.manifest().counts().alsoTrained()).isPositive();
        Folders.delete(folder.resolve("run"));
        PreparedData data = Preparation.prepare(settings.withSplit(settings.split().withGroupBy("prompt")), 42,
                folder.resolve("run"));
        assertThat(data.manifest().counts().alsoTrained()).isZero();
        assertThat(data.manifest().counts().heldOut()).isBetween(10, 12);
        assertThat(PreparedData.open(data.folder()).manifest().settings().split().groupBy()).contains("prompt");
        Folders.delete(folder.resolve("run"));
        data = Preparation.prepare(settings.withSplit(settings.split().withGroupBy("doc")).withMend(List.of(
                new Dedupe())), 42, folder.resolve("run"));
        Set<Integer> held = new HashSet<>(docs(data.heldOut()));
        assertThat(held).hasSize(2).doesNotContainAnyElementsOf(docs(data.train()));
    }

    private static List<Integer> docs(List<Sample> rows) {
        return rows.stream().map(row -> (row.place().line() - 1) / 6).toList();
    }

    @Test void labelsOfARowCountByTheirWord() {
        RowGroups labels = new RowGroups(RowGroups.LABEL), prompts = new RowGroups(RowGroups.PROMPT);
        Sample one = new Labelled(List.of(), "yes", new Place("f", 1)),
                two = Conversation.of("q", "no", new Place("f", 2));
        for (Sample row : List.of(one, two, Conversation.of("q", "yes", new Place("f", 3)))) {
            labels.add(new Kept(0, row, List.of()));
            prompts.add(new Kept(0, row, List.of()));
        }
        assertThat(labels.of(2)).isEqualTo(labels.of(0)).isNotEqualTo(labels.of(1));
        assertThat(labels.name(labels.of(1))).isEqualTo("no");
        assertThat(prompts.of(2)).isEqualTo(prompts.of(1)).isNotEqualTo(prompts.of(0));
    }

    private static Set<Integer> of(int[] rows, RowGroups groups) {
        Set<Integer> all = new HashSet<>();
        Arrays.stream(rows).forEach(row -> all.add(groups.of(row)));
        return all;
    }

    private static RowGroups groups(int rows, IntFunction<String> value) {
        RowGroups groups = new RowGroups("f");
        for (int i = 0; i < rows; i++) {
            String own = value.apply(i);
            groups.add(new Kept(i, Conversation.of("p", "c", new Place("f", i + 1)), List.of(),
                    own == null ? Map.of() : Map.of("f", own)));
        }
        return groups;
    }
}
