package io.weft.metric.agreement;

import io.weft.metric.bootstrap.Interval;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Alpha by the examples of its inventor, and by the Python package krippendorff 0.9.0. */
class AgreementTest {
    /** A row for each observer, a column for each unit; "." is missing. Krippendorff 2011, example C. */
    private static final List<double[]> FOUR_OBSERVERS = units(
            "1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .",
            "1 2 3 3 2 4 4 1 2 5 1 .");
    /** Hayes and Krippendorff 2007, table 1: five observers, forty articles. */
    private static final List<double[]> FORTY_ARTICLES = units(
            "1 1 2 . 0 0 1 1 2 2 . 0 1 3 1 1 2 1 1 0 0 0 2 0 1 0 0 1 1 1 1 2 2 3 2 2 2 2 2 1",
            "1 1 3 0 0 0 0 . 2 1 1 0 2 3 1 1 1 2 1 0 0 0 3 0 2 1 0 2 1 1 1 1 2 2 2 2 2 2 2 1",
            "2 0 3 0 0 0 2 2 2 1 0 0 2 2 1 1 2 3 0 0 1 . 3 0 . 1 0 1 2 2 0 2 . 2 2 3 2 . 2 1",
            ". 1 3 . . . . 0 . 1 0 0 2 2 . . . 3 1 . 1 0 3 0 2 1 1 2 2 . . 1 2 2 . . . 1 2 .",
            "2 . . 0 0 0 1 . 2 . . . . 3 1 1 2 . . 0 . 0 . . 2 . 0 . . 2 0 . 2 . 2 2 2 2 . 1");

    @Test void alphaIsThatOfKrippendorffsExamples() {
        assertThat(alpha(units("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0"), Scale.NOMINAL)).as("A")
                .isCloseTo(0.095, within(5e-4));
        assertThat(alpha(units("1 1 2 2 4 3 3 3 5 4 4 1", "2 1 2 2 2 3 3 3 5 4 4 4"), Scale.NOMINAL)).as("B")
                .isCloseTo(0.692, within(5e-4));
        assertThat(alpha(FOUR_OBSERVERS, Scale.NOMINAL)).as("C").isCloseTo(0.743, within(5e-4));
        assertThat(alpha(FOUR_OBSERVERS, Scale.ORDINAL)).as("D, ordinal").isCloseTo(0.815, within(5e-4));
        assertThat(alpha(FOUR_OBSERVERS, Scale.INTERVAL)).as("D, interval").isCloseTo(0.849, within(5e-4));
        KrippendorffAlpha c = KrippendorffAlpha.of(FOUR_OBSERVERS, Scale.NOMINAL);
        assertThat(List.of(c.units(), c.values())).as("the twelfth unit has one value and is left out")
                .containsExactly(11, 40);
    }

    @Test void alphaIsThatOfHayesAndKrippendorff() {
        assertThat(FORTY_ARTICLES).hasSize(40);
        assertThat(alpha(FORTY_ARTICLES, Scale.ORDINAL)).as("as printed").isCloseTo(0.7598, within(5e-5));
        assertThat(alpha(FORTY_ARTICLES, Scale.NOMINAL)).isCloseTo(0.47650956741865835, within(1e-12));
        assertThat(alpha(FORTY_ARTICLES, Scale.INTERVAL)).isCloseTo(0.757378277153558, within(1e-12));
    }

    @Test void alphaOfManyRatersWithGapsIsThePythonPackages() {
        long[] state = {12345};
        List<double[]> units = new ArrayList<>();
        for (int unit = 0; unit < 200; unit++) {
            long base = next(state) % 5;
            List<Double> values = new ArrayList<>();
            for (int rater = 0; rater < 6; rater++) {
                long value = base + next(state) % 3;
                if (next(state) % 4 != 0) {
                    values.add((double) Math.min(5, Math.max(1, value)));
                }
            }
            units.add(values.stream().mapToDouble(value -> value).toArray());
        }
        assertThat(units.stream().flatMapToDouble(Arrays::stream).sum()).as("the same values").isEqualTo(2818);
        assertThat(alpha(units, Scale.NOMINAL)).isCloseTo(0.24994677190914494, within(1e-12));
        assertThat(alpha(units, Scale.ORDINAL)).isCloseTo(0.754114681939812, within(1e-12));
        assertThat(alpha(units, Scale.INTERVAL)).isCloseTo(0.7540998676275923, within(1e-12));
    }

    @Test void withoutPairsOrDifferencesThereIsNoAlpha() {
        assertThat(KrippendorffAlpha.of(List.of(), Scale.NOMINAL).value()).isEmpty();
        assertThat(KrippendorffAlpha.of(units("1 2 3"), Scale.NOMINAL).value()).as("one rater").isEmpty();
        assertThat(KrippendorffAlpha.of(units("4 4 4", "4 4 4"), Scale.ORDINAL).value()).as("nothing differs")
                .isEmpty();
        assertThat(alpha(units("1 2 3", "1 2 3"), Scale.ORDINAL)).isEqualTo(1);
    }

    @Test void theIntervalIsSeededAndThatOfTheUnits() {
        Optional<Interval> interval = interval(7);
        assertThat(interval).isEqualTo(interval(7)).isNotEqualTo(interval(8));
        // numpy draws 0.621 to 0.843 for the same units; 2000 draws leave the second digit open
        assertThat(interval.orElseThrow().low()).isCloseTo(0.621, within(0.02));
        assertThat(interval.orElseThrow().high()).isCloseTo(0.843, within(0.02));
        assertThat(interval.orElseThrow().contains(0.7598)).isTrue();
        assertThat(UnitBootstrap.interval(List.of(1, 2, 3, 4, 5), units -> OptionalDouble.of(1), 7)).as("five units")
                .isEmpty();
        assertThat(UnitBootstrap.interval(List.of(1, 2, 3, 4, 5, 6), units -> OptionalDouble.empty(), 7))
                .as("nothing said").isEmpty();
    }

    @Test void tiesCountHalfToEachSide() {
        assertThat(new WinRate(5, 4, 1).rate()).hasValue(0.7);
        assertThat(WinRate.sum(List.of(new WinRate(1, 0, 0), new WinRate(0, 0, 1))).rate()).hasValue(0.5);
        assertThat(WinRate.NONE.rate()).isEmpty();
    }

    private static Optional<Interval> interval(long seed) {
        return UnitBootstrap.interval(FORTY_ARTICLES, units -> KrippendorffAlpha.of(units, Scale.ORDINAL).value(),
                seed);
    }

    private static long next(long[] state) {
        state[0] = (state[0] * 1103515245L + 12345) % (1L << 31);
        return state[0] >> 16;
    }

    private static double alpha(List<double[]> units, Scale scale) {
        return KrippendorffAlpha.of(units, scale).value().orElseThrow();
    }

    private static List<double[]> units(String... observers) {
        List<String[]> rows = Arrays.stream(observers).map(row -> row.split(" ")).toList();
        List<double[]> units = new ArrayList<>();
        for (int i = 0; i < rows.get(0).length; i++) {
            int unit = i;
            units.add(rows.stream().map(row -> row[unit]).filter(value -> !value.equals("."))
                    .mapToDouble(Double::parseDouble).toArray());
        }
        return units;
    }
}
