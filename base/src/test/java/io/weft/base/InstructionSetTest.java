package io.weft.base;

import io.weft.app.quickstart.EmbeddedBase;
import io.weft.data.split.Split;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class InstructionSetTest {
    private static final double HELD_OUT = Double.parseDouble(EmbeddedBase.SETTINGS.stream()
            .filter(setting -> setting.startsWith("data.heldOut=")).findFirst().orElseThrow().split("=")[1]);
    private static final List<InstructionRow> ROWS = InstructionSet.rows(InstructionSet.SEED, InstructionSet.SIZE);

    @Test
    void theBundledFileIsWhatTheGeneratorWrites() throws IOException {
        try (var file = EmbeddedBase.class.getResourceAsStream(InstructionSet.RESOURCE)) {
            assertThat(new String(file.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(InstructionSet.json(ROWS));
        }
    }

    @Test
    void noTwoRowsShareAnAnswerSoNoneThatIsHeldOutIsTrainedOn() {
        assertThat(ROWS).extracting(InstructionRow::output).doesNotHaveDuplicates();
        assertThat(ROWS).extracting(row -> row.instruction() + "\n" + row.input()).doesNotHaveDuplicates();
        assertThat(ROWS).hasSizeGreaterThanOrEqualTo(1200);
    }

    /** The very split that the quickstart makes. */
    @Test
    void noHeldOutAnswerOccursAmongTheTrainingAnswers() {
        var split = Split.ofShare(ROWS.size(), HELD_OUT, 42);
        var trained = Arrays.stream(split.train()).mapToObj(i -> ROWS.get(i).output()).collect(Collectors.toSet());
        assertThat(split.heldOut()).hasSize(400);
        assertThat(Arrays.stream(split.heldOut()).mapToObj(i -> ROWS.get(i).output()))
                .doesNotContainAnyElementsOf(trained);
    }

    @Test
    void everyAnswerHoldsThreeValuesThatItsRequestNames() {
        for (var row : ROWS) {
            assertThat(row.drawn()).as(row.toString()).hasSizeGreaterThanOrEqualTo(3);
            assertThat(row.output()).contains(row.drawn());
            assertThat(row.instruction() + "\n" + row.input()).contains(row.drawn());
        }
    }

    /**
     * How many other values each one stands beside. If one drawn value told another, some would stand with one only.
     */
    @Test
    void noValueTellsAnother() {
        Map<String, Set<String>> beside = new HashMap<>();
        for (var row : ROWS) {
            for (String value : row.drawn()) {
                var others = new HashSet<>(row.drawn());
                others.remove(value);
                beside.computeIfAbsent(value, v -> new HashSet<>()).addAll(others);
            }
        }
        Map<String, Long> times = ROWS.stream().flatMap(row -> row.drawn().stream().distinct())
                .collect(Collectors.groupingBy(v -> v, Collectors.counting()));
        times.forEach((value, count) -> {
            if (count >= 5) {
                assertThat(beside.get(value)).as(value).hasSizeGreaterThan(count.intValue());
            }
        });
    }

    @Test
    void bothLanguagesAndBothFormsAreThere() {
        assertThat(ROWS).filteredOn(row -> row.instruction().matches("(?s).*[\\u4e00-\\u9fff].*"))
                .hasSizeBetween(ROWS.size() / 3, ROWS.size() * 2 / 3);
        assertThat(ROWS).filteredOn(row -> !row.input().isEmpty()).hasSizeGreaterThan(100);
    }

    @Test
    void anotherSeedWritesOtherRows() {
        assertThat(InstructionSet.rows(1, 50)).isEqualTo(InstructionSet.rows(1, 50))
                .isNotEqualTo(InstructionSet.rows(2, 50));
    }
}
