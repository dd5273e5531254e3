package io.weft.train;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.golden.Golden;
import io.weft.train.Schedule.Shape;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class ScheduleTest {
    @Test void everyStepHasHuggingFacesLearningRate() {
        int ran = 0;
        for (JsonNode golden : Golden.json("train/lr_schedules.json").path("schedules")) {
            String name = golden.path("name").asText();
            Optional<Shape> shape = Arrays.stream(Shape.values())
                    .filter(s -> s.name().equalsIgnoreCase(name.replace("_with_warmup", ""))).findFirst();
            if (shape.isEmpty()) {
                Golden.skipped("train/lr_schedules.json " + name, "not a schedule that Weft knows");
                continue;
            }
            // Hugging Face's plain constant takes no warm-up
            int warmup = name.equals("constant") ? 0 : golden.path("warmup").asInt();
            var schedule = new Schedule(shape.get(), golden.path("base_lr").asDouble(), warmup,
                    golden.path("total").asInt());
            for (int step = 0; step < schedule.steps(); step++) {
                double expected = golden.path("lr_used_at_step").path(step).asDouble();
                assertThat(schedule.at(step)).as("%s at step %d", golden.path("name"), step)
                        .isCloseTo(expected, within(1e-9 * expected + 1e-18));
            }
            ran++;
        }
        Golden.ran("learning rate schedules", ran);
    }

    @Test void theRateClimbsToThePeakAndFallsToNothing() {
        var linear = new Schedule(Shape.LINEAR, 2e-4, 4, 12);
        assertThat(linear.at(0)).isZero();
        assertThat(linear.at(1)).isEqualTo(0.5e-4);
        assertThat(linear.at(4)).isEqualTo(2e-4);
        assertThat(linear.at(8)).isEqualTo(1e-4);
        assertThat(linear.at(12)).isZero();
        var cosine = new Schedule(Shape.COSINE, 2e-4, 4, 12);
        assertThat(cosine.at(4)).isEqualTo(2e-4);
        assertThat(cosine.at(6)).isCloseTo(1e-4 * (1 + Math.sqrt(0.5)), within(1e-18));
        assertThat(cosine.at(8)).isCloseTo(1e-4, within(1e-18));
        var constant = new Schedule(Shape.CONSTANT, 2e-4, 4, 12);
        assertThat(constant.at(2)).isEqualTo(1e-4);
        assertThat(constant.at(11)).isEqualTo(2e-4);
    }

    @Test void withoutWarmupTheFirstStepUsesThePeak() {
        assertThat(new Schedule(Shape.LINEAR, 1e-3, 0, 1).at(0)).isEqualTo(1e-3);
    }

    @Test void theDefaultWarmupNeverExceedsATenthOfTheRunAndSaysSo() {
        assertThat(Warmup.of(OptionalInt.empty(), 1000)).isEqualTo(new Warmup(100, java.util.Optional.empty()));
        Warmup shortened = Warmup.of(OptionalInt.empty(), 312);
        assertThat(shortened.steps()).isEqualTo(31);
        assertThat(shortened.notice().orElseThrow()).contains("31").contains("312").contains("train.warmupSteps");
        assertThat(Warmup.of(OptionalInt.empty(), 5).steps()).isZero();
    }

    @Test void aWarmupThatWasAskedForIsExact() {
        assertThat(Warmup.of(OptionalInt.of(100), 120)).isEqualTo(new Warmup(100, java.util.Optional.empty()));
        assertThat(Warmup.of(OptionalInt.of(0), 5000).steps()).isZero();
    }

    @Test void aWarmupThatOutlastsTheRunIsKeptAndTold() {
        Warmup endless = Warmup.of(OptionalInt.of(100), 24);
        assertThat(endless.steps()).isEqualTo(100);
        assertThat(endless.notice().orElseThrow()).contains("100").contains("24").contains("train.warmupSteps");
    }

    @Test void settingsMakeTheirSchedule() {
        assertThat(TrainSettings.DEFAULTS.optimizer().over(2e-4, 200))
                .isEqualTo(new Schedule(Shape.LINEAR, 2e-4, 20, 200));
    }
}
