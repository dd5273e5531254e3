package io.weft.app.watch;

import io.weft.run.EventLog;
import io.weft.run.RunEvent;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.SomeRun;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class TensorBoardWriterTest {
    @TempDir Path folder;

    @Test void aRecordHasTensorFlowsBytes() {
        // from Python's tensorboard: RecordWriter and Event(wall_time=1.5, step=300,
        // summary=Summary(value=[Value(tag="train/loss", simple_value=0.25)]))
        ByteBuffer record = TensorBoardRecord.scalar("train/loss", 0.25f, 300, Instant.ofEpochMilli(1500));
        assertThat(HexFormat.of().formatHex(record.array())).isEqualTo(
                "2100000000000000017becf609000000000000f83f10ac022a130a110a0a747261696e2f6c6f7373150000803e6557981f");
    }

    @Test void aFileBeginsWithItsVersion() {
        assertThat(HexFormat.of().formatHex(TensorBoardRecord.fileVersion(Instant.ofEpochMilli(1500)).array()))
                .isEqualTo("1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c");
    }

    @Test void everyStepAndEvaluationBecomesAPoint() throws IOException {
        List<RunEvent> events = SomeRun.of(20, 10, 5);
        try (var writer = TensorBoardWriter.open(folder, List.of())) {
            events.forEach(writer::on);
        }
        List<String> points = points();
        assertThat(points).hasSize(20 * 4 + 4);
        StepDone first = (StepDone) events.get(1);
        assertThat(points.subList(0, 4)).containsExactly("train/loss 1 " + (float) first.loss(),
                "train/grad_norm 1 " + (float) first.gradientNorm(), "train/learning_rate 1 0.0",
                "perf/tokens_per_second 1 " + (float) (4001 / 1.5));
        Evaluated evaluated = (Evaluated) events.stream().filter(Evaluated.class::isInstance).findFirst().orElseThrow();
        assertThat(points).contains("eval/loss 5 " + (float) evaluated.loss());
    }

    @Test void whatTheObjectiveMeasuresBecomesAPointOfItsName() throws IOException {
        try (var writer = TensorBoardWriter.open(folder, List.of())) {
            writer.on(new StepDone(1, 1, 2, 3, 4, 5, 6, 7, Map.of("rewards/margins", 0.5)));
            writer.on(new Evaluated(1, 1, 2, 3, 4, true, 5, Map.of("rewards/margins", 0.25)));
        }
        assertThat(points()).contains("train/rewards/margins 1 0.5", "eval/rewards/margins 1 0.25");
    }

    @Test void aPointCanBeReadBeforeTheNext() throws IOException {
        try (var writer = TensorBoardWriter.open(folder, List.of())) {
            SomeRun.of(2, 2, 0).forEach(writer::on);
            assertThat(points()).hasSize(8);
        }
    }

    @Test void aResumedRunShowsEachStepOnce() throws IOException {
        List<RunEvent> events = SomeRun.of(20, 10, 5);
        try (var writer = TensorBoardWriter.open(folder, List.of())) {
            events.forEach(writer::on);
        }
        List<String> uninterrupted = points();
        Files.writeString(folder.resolve("events.out.tfevents.1.host.2.0"), "somebody else's");
        try (var writer = TensorBoardWriter.open(folder,
                events.subList(0, 9).stream().map(event -> new EventLog.Line(Instant.EPOCH, event))
                .collect(Collectors.toList()))) {
            events.subList(9, events.size()).forEach(writer::on);
        }
        assertThat(points()).isEqualTo(uninterrupted);
        assertThat(folder.resolve("events.out.tfevents.1.host.2.0")).exists();
    }

    private List<String> points() throws IOException { return TensorBoardPoints.of(folder); }
}
