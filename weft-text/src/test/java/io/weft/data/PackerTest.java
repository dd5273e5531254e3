package io.weft.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.split.SplitTest;
import io.weft.golden.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PackerTest {
    @Test void theLongestGoFirstIntoTheLeastRoomThatTakesThem() {
        assertThat(Packer.bestFitDecreasing(new int[] {3, 6, 4, 5, 2}, 10))
                .containsExactly(new int[] {1, 2}, new int[] {3, 0, 4});
        assertThat(Packer.bestFitDecreasing(new int[] {6, 7, 3, 4}, 10))
                .containsExactly(new int[] {1, 2}, new int[] {0, 3});
    }

    @Test void documentsOfOneLengthKeepTheirOrder() {
        assertThat(Packer.bestFitDecreasing(new int[] {5, 5, 5, 5}, 10))
                .containsExactly(new int[] {0, 1}, new int[] {2, 3});
    }

    @Test void everyDocumentIsPackedOnceAndNoPackIsTooFull() {
        var random = new Random(7);
        int[] lengths = random.ints(2345, 0, 129).toArray();
        List<int[]> packs = Packer.bestFitDecreasing(lengths, 128);
        assertThat(packs).allMatch(pack -> Arrays.stream(pack).map(i -> lengths[i]).sum() <= 128);
        assertThat(packs.stream().flatMapToInt(Arrays::stream).sorted().toArray())
                .containsExactly(IntStream.range(0, lengths.length).filter(i -> lengths[i] > 0).toArray());
        assertThat(packs.size() * 128 * 0.98).isLessThan(Arrays.stream(lengths).sum());
    }

    @Test void aDocumentLongerThanAPackIsRefused() {
        assertThatThrownBy(() -> Packer.bestFitDecreasing(new int[] {3, 11}, 10))
                .hasMessageContaining("document 1 has 11 tokens");
    }

    @Test void goldenBareLengths() {
        int cases = 0;
        for (JsonNode c : Golden.json("sft/packing_cases.json").get("cases")) {
            int[] lengths = SplitTest.ints(c.get("lengths"));
            int capacity = c.get("seq_length").asInt();
            assertSame(c.get("bfd"), packed(cut(lengths, capacity), capacity));
            assertSame(c.get("bfd_split"), packed(Packer.slices(lengths, capacity), capacity));
            cases += 2;
        }
        Golden.ran("sft/packing_cases", cases);
    }

    /** The tokenised rows of a whole TRL run, packed, and the positions its collator gives them. */
    @Test void goldenTokenisedRows() {
        JsonNode golden = Golden.json("sft/trl_golden.json");
        int capacity = golden.get("max_length").asInt(), cases = 0;
        for (var packing : golden.path("packing").properties()) {
            String strategy = packing.getKey();
            if (strategy.equals("wrapped")) {
                continue;                                            // Weft never lays one document across two packs
            }
            JsonNode rows = golden.get("tokenised_no_limit");
            int[] lengths = IntStream.range(0, rows.size()).map(i -> rows.get(i).get("input_ids").size()).toArray();
            JsonNode expected = packing.getValue();
            List<List<Packer.Slice>> packs = packsOf(strategy, lengths, capacity);
            assertThat(packs).hasSize(expected.get("rows").size());
            for (int p = 0; p < packs.size(); p++) {
                JsonNode pack = expected.get("rows").get(p);
                assertThat(tokens(packs.get(p), rows, "input_ids"))
                        .containsExactly(SplitTest.ints(pack.get("input_ids")));
                assertThat(tokens(packs.get(p), rows, "labels")).containsExactly(SplitTest.ints(pack.get("labels")));
                if (pack.has("seq_lengths")) {
                    assertThat(packs.get(p).stream().mapToInt(Packer.Slice::length).toArray())
                            .containsExactly(SplitTest.ints(pack.get("seq_lengths")));
                }
                cases++;
            }
            if (expected.has("collated_rows_0_1")) {
                int[] positions = packs.subList(0, 2).stream().flatMap(List::stream)
                        .flatMapToInt(piece -> IntStream.range(0, piece.length())).toArray();
                assertThat(positions)
                        .containsExactly(SplitTest.ints(expected.get("collated_rows_0_1").get("position_ids").get(0)));
            }
        }
        Golden.ran("sft/trl packing", cases);
    }

    private static List<List<Packer.Slice>> packsOf(String strategy, int[] lengths, int capacity) {
        return packed(strategy.equals("bfd_split") ? Packer.slices(lengths, capacity) : cut(lengths, capacity),
                capacity);
    }

    private static List<Packer.Slice> cut(int[] lengths, int capacity) {
        return IntStream.range(0, lengths.length).mapToObj(i -> new Packer.Slice(i, 0, Math.min(lengths[i], capacity)))
                .toList();
    }

    /** As TRL packs them: each run of 1,000, one batch of its {@code map}, by itself. */
    private static List<List<Packer.Slice>> packed(List<Packer.Slice> slices, int capacity) {
        List<List<Packer.Slice>> packs = new ArrayList<>();
        for (int from = 0; from < slices.size(); from += 1000) {
            List<Packer.Slice> run = slices.subList(from, Math.min(slices.size(), from + 1000));
            Packer.bestFitDecreasing(run.stream().mapToInt(Packer.Slice::length).toArray(), capacity)
                    .forEach(pack -> packs.add(Arrays.stream(pack).mapToObj(run::get).toList()));
        }
        return packs;
    }

    private static int[] tokens(List<Packer.Slice> pack, JsonNode rows, String column) {
        return pack.stream().flatMapToInt(piece -> Arrays.stream(SplitTest.ints(rows.get(piece.document()).get(column)),
                piece.from(), piece.from() + piece.length())).toArray();
    }

    private static void assertSame(JsonNode expected, List<List<Packer.Slice>> packs) {
        List<int[]> ids = new ArrayList<>();
        for (List<Packer.Slice> pack : packs) {
            ids.add(pack.stream().flatMapToInt(piece -> IntStream.range(0, piece.length())
                    .map(i -> 1000 * piece.document() + piece.from() + i)).toArray());
        }
        assertThat(ids).hasSize(expected.get("input_ids").size());
        for (int p = 0; p < ids.size(); p++) {
            assertThat(ids.get(p)).containsExactly(SplitTest.ints(expected.get("input_ids").get(p)));
            if (!expected.get("seq_lengths").isNull()) {
                assertThat(packs.get(p).stream().mapToInt(Packer.Slice::length).toArray())
                        .containsExactly(SplitTest.ints(expected.get("seq_lengths").get(p)));
            }
        }
    }
}
