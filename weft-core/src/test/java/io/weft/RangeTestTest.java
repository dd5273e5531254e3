package io.weft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.train.RateCurve;
import io.weft.train.RateSweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sweep of learning rates finds one that trains, and leaves no trace. */
class RangeTestTest {
    @TempDir Path folder;
    private Path base, rows;

    @BeforeEach void makeModelAndRows() {
        base = TinyRun.base(folder.resolve("base"), DType.F32);
        rows = TinyRun.rows(folder.resolve("rows.jsonl"), 48);
    }

    private Recipe recipe(String... settings) {
        return TinyRun.recipe(base, rows, "train.batch=2", "tuning.lora.dropout=0").with(settings);
    }

    @Test void theSuggestionTrainsBetterThanRatesFarFromIt() throws IOException {
        Path out = folder.resolve("range");
        List<RateCurve.Point> told = new ArrayList<>();
        RangeTest test = RangeTest.of(recipe(), out, new RangeTest.Settings(OptionalDouble.of(1e-5),
                OptionalDouble.of(10), 40), told::add);
        RateCurve.Suggestion suggested = test.curve().suggestion();
        assertThat(told).isEqualTo(test.curve().points());
        assertThat(suggested.fall()).isPositive();
        assertThat(suggested.isAtEnd()).isFalse();
        double best = loss(suggested.rate());
        assertThat(best).isLessThan(loss(suggested.rate() / 100)).isLessThan(loss(Math.min(10, 30 * suggested.rate())));
        JsonNode file = JsonFile.read(out.resolve(RangeTest.FILE));
        assertThat(file.path("formatVersion").asInt()).isEqualTo(1);
        assertThat(file.path("suggestion").asDouble()).isEqualTo(suggested.rate());
        assertThat(file.path("points")).hasSameSizeAs(told);
        try (var files = Files.list(out)) {
            assertThat(files).containsExactly(out.resolve(RangeTest.FILE));
        }
    }

    private double loss(double rate) {
        return Scope.value(() -> {
            try (TrainingRun run = TrainingRun.start(recipe("train.learningRate=" + rate, "train.steps=24",
                    "train.evalEvery=24"), folder.resolve("run-" + rate), event -> {})) {
                return run.train().bestLoss();
            }
        });
    }

    @Test void theSameSweepGivesTheSameCurveAndTheWeightsAreWhatTheyWere() {
        Scope.run(() -> {
            for (String tuning : List.of("tuning.lora=true", "tuning.full=true")) {
                Recipe recipe = TinyRun.recipe(base, rows, tuning, "train.batch=2");
                try (TrainingRun run = TrainingRun.start(recipe, folder.resolve(tuning), event -> {})) {
                    Map<String, float[]> before = new HashMap<>();
                    run.model().tuned().forEach((name, tensor) -> before.put(name, tensor.toFloats()));
                    var sweep = new RateSweep(1e-4, 1, 12);
                    RateCurve first = run.sweep(sweep, point -> {});
                    run.model().tuned().forEach((name, tensor) ->
                            assertThat(tensor.toFloats()).as(name).isEqualTo(before.get(name)));
                    assertThat(run.sweep(sweep, point -> {})).isEqualTo(first);
                    assertThat(first.points().get(0).rate()).isEqualTo(1e-4);
                }
            }
        });
    }

    @Test void whatCannotBeSweptIsRefusedByName() throws IOException {
        Path full = Files.createDirectory(folder.resolve("full"));
        Files.writeString(full.resolve("mine.txt"), "mine");
        assertThatThrownBy(() -> RangeTest.of(recipe(), full, RangeTest.Settings.USUAL, point -> {}))
                .isInstanceOf(UserError.class).hasMessageContaining(full.toString());
        assertThat(full.resolve("mine.txt")).exists();
        assertThatThrownBy(() -> RangeTest.of(recipe(), folder.resolve("turned"), new RangeTest.Settings(
                OptionalDouble.of(1), OptionalDouble.of(0.1), 20), point -> {})).isInstanceOf(UserError.class)
                .hasMessageContaining("--from");
    }
}
