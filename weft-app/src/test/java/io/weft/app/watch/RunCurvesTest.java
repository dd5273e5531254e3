package io.weft.app.watch;

import io.weft.TinyRun;
import io.weft.TrainingRun;
import io.weft.run.EventLog;
import io.weft.run.RunEvent;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunFolder;
import io.weft.run.RunListener;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class RunCurvesTest {
    @TempDir Path folder;

    @Test void aRunThatWasStoppedAndResumedHasEachStepOnceAndAChart() throws IOException {
        RunFolder run = new RunFolder(folder.resolve("run"));
        var recipe = TinyRun.recipe(TinyRun.base(folder.resolve("base"), DType.F32),
                TinyRun.rows(folder.resolve("rows.jsonl"), 24), "train.steps=12", "train.saveEvery=4");
        train(run, 6, listener -> TrainingRun.start(recipe, run.path(), listener));
        assertThat(steps(TensorBoardPoints.of(run.tensorBoard()))).hasSizeLessThan(12).startsWith(1, 2, 3, 4, 5, 6);
        train(run, Integer.MAX_VALUE, listener -> TrainingRun.resume(run.path(), listener));

        List<String> points = TensorBoardPoints.of(run.tensorBoard());
        assertThat(steps(points)).containsExactlyElementsOf(IntStream.rangeClosed(1, 12).boxed().toList());
        List<String> logged = EventLog.events(run.events()).stream().filter(StepDone.class::isInstance)
                .map(StepDone.class::cast).map(done -> "train/loss " + done.step() + " " + (float) done.loss())
                .distinct().toList();
        assertThat(points.stream().filter(point -> point.startsWith("train/loss"))).isEqualTo(logged);
        BufferedImage chart = ImageIO.read(run.chart().toFile());
        assertThat(chart.getWidth()).isGreaterThan(1000);
    }

    @Test void aRunThatFellBackToAnOlderCheckpointHasEachStepOnceToo() throws IOException {
        RunFolder run = new RunFolder(folder.resolve("run"));
        var recipe = TinyRun.recipe(TinyRun.base(folder.resolve("base"), DType.F32),
                TinyRun.rows(folder.resolve("rows.jsonl"), 24), "train.steps=8", "train.saveEvery=3");
        train(run, 6, listener -> TrainingRun.start(recipe, run.path(), listener));
        Files.delete(run.checkpoints().resolve("step-00000006/state.json"));
        train(run, Integer.MAX_VALUE, listener -> TrainingRun.resume(run.path(), listener));
        assertThat(steps(TensorBoardPoints.of(run.tensorBoard()))).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    /** @param last after this step it is asked to stop */
    private static void train(RunFolder folder, int last, Function<RunListener, TrainingRun> making) {
        Scope.run(() -> {
            TrainingRun[] made = new TrainingRun[1];
            RunListener stopping = event -> {
                if (event instanceof RunEvent.StepDone done && done.step() >= last) {
                    made[0].requestStop();
                }
            };
            try (var curves = new RunCurves(folder); TrainingRun run = making.apply(curves.and(stopping))) {
                made[0] = run;
                run.train();
            }
        });
    }

    private static List<Integer> steps(List<String> points) {
        return points.stream().filter(point -> point.startsWith("train/loss "))
                .map(point -> Integer.parseInt(point.split(" ")[1])).toList();
    }
}
