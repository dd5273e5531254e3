package io.weft.data.split;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.VisitOrder;
import io.weft.golden.Golden;
import io.weft.problem.UserError;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

public class SplitTest {
    @Test void rowsAreThoseThatNumpyAndTorchDraw() {
        // datasets 5.2: Dataset.from_dict({"i": range(12)}).train_test_split(test_size=0.25, seed=3); torch 2.15:
        // randperm(8, generator=manual_seed(5))
        Split split = Split.ofShare(12, 0.25, 3);
        assertThat(split.heldOut()).containsExactly(PYTHON_HELD_OUT);
        assertThat(split.train()).containsExactly(PYTHON_TRAIN);
        assertThat(VisitOrder.of(8, 2, 3)).containsExactly(TORCH_ORDER);
    }

    @Test void everyRowIsOnOneSideOnceAndTheShareIsRoundedUp() {
        for (int rows : new int[] {2, 3, 11, 320, 999}) {
            Split split = Split.ofShare(rows, 0.1, 42);
            assertThat(split.heldOut()).hasSize((rows + 9) / 10);
            assertThat(IntStream.concat(Arrays.stream(split.train()), Arrays.stream(split.heldOut())).sorted()
                    .toArray()).containsExactly(IntStream.range(0, rows).toArray());
            assertThat(Arrays.stream(VisitOrder.of(rows, 42, 1)).sorted().toArray())
                    .containsExactly(IntStream.range(0, rows).toArray());
        }
    }

    @Test void holdingOutNothingKeepsTheOrderOfTheFile() {
        assertThat(Split.ofShare(4, 0, 42).train()).containsExactly(0, 1, 2, 3);
        assertThat(Split.ofShare(4, 0, 42).heldOut()).isEmpty();
    }

    @Test void aSplitThatLeavesNothingToTrainOnIsTheUsersMistake() {
        assertThatThrownBy(() -> Split.ofShare(1, 0.1, 42)).isInstanceOf(UserError.class)
                .hasMessageContaining("1 would be held out and 0 left");
        assertThatThrownBy(() -> Split.of(3, 5, 42)).isInstanceOf(UserError.class).hasMessageContaining("data.heldOut");
        assertThatThrownBy(() -> Split.of(3, 1, -1)).isInstanceOf(UserError.class).hasMessageContaining("train.seed");
    }

    @Test void goldenSplitsAndStreams() {
        JsonNode golden = Golden.json("sft/split_golden.json");
        int cases = 0;
        for (String group : new String[] {"splits", "other_sizes"}) {
            for (JsonNode c : golden.path(group)) {
                JsonNode size = c.get("test_size");
                int n = c.get("n").asInt();
                long seed = c.get("seed").asLong();
                Split split = size.isInt() ? Split.of(n, size.asInt(), seed) : Split.ofShare(n, size.asDouble(), seed);
                assertThat(split.heldOut()).containsExactly(ints(c.get("test")));
                assertThat(split.train()).containsExactly(ints(c.get("train")));
                cases++;
            }
        }
        for (JsonNode c : golden.path("dataset_shuffle")) {
            assertThat(new Pcg64(c.get("seed").asLong()).permutation(c.get("n").asInt()))
                    .containsExactly(ints(c.get("order")));
            cases++;
        }
        for (var entry : golden.path("numpy_pcg64").properties()) {
            var random = new Pcg64(Long.parseLong(entry.getKey()));
            for (JsonNode raw : entry.getValue().get("random_raw_u64")) {
                assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo(raw.asText());
            }
            cases++;
        }
        Golden.ran("sft/split", cases);
    }

    @Test void goldenVisitOrders() {
        int cases = 0;
        for (JsonNode c : Golden.json("sft/split_golden.json").path("torch_randperm")) {
            assertThat(VisitOrder.of(c.get("n").asInt(), c.get("seed").asLong(), 0))
                    .containsExactly(ints(c.get("randperm")));
            cases++;
        }
        for (JsonNode c : Golden.json("sft/trainer_order.json")) {
            for (int epoch = 0; epoch < c.get("epochs").size(); epoch++) {
                assertThat(VisitOrder.of(c.get("n").asInt(), c.get("seed").asLong(), epoch))
                        .containsExactly(ints(c.get("epochs").get(epoch)));
                cases++;
            }
        }
        Golden.ran("sft/trainer_order", cases);
    }

    public static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
    }

    private static final int[] PYTHON_HELD_OUT = {11, 7, 2};
    private static final int[] PYTHON_TRAIN = {10, 0, 1, 4, 6, 9, 5, 3, 8};
    private static final int[] TORCH_ORDER = {3, 6, 0, 2, 1, 4, 5, 7};
}
