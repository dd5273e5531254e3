package io.weft.run;

import io.weft.problem.UserError;
import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Started;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent.Warned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EventLogTest {
    @TempDir Path folder;
    private Path file;

    @BeforeEach void chooseFile() { file = folder.resolve("events.jsonl"); }

    @Test void whatIsWrittenIsReadBack() throws IOException {
        List<RunEvent> events = new java.util.ArrayList<>(SomeRun.of(20, 7, 5));
        events.add(3, Warned.of(2, "loss.notFinite", 1, 3, "\"行\"\n2", 0.5, 1L << 40, Double.NaN));
        events.add(4, new StepDone(2, 1, 2, 3, 4, 5, 6, 7, metrics("rewards/margins", 0.25, "a", Double.NaN)));
        events.add(5, new Evaluated(2, 1, 2, 3, 4, true, 5, metrics("z", 1, "a", -1)));
        events.add(4, new StepDone(3, 1.0 / 3, Double.NaN, Double.POSITIVE_INFINITY, 1e-4, 1, Long.MAX_VALUE, 0.1));
        write(events);
        assertThat(EventLog.events(file)).isEqualTo(events);
        assertThat(Files.readAllLines(file)).hasSize(events.size() + 1).first()
                .isEqualTo("{\"format\":\"weft.events\",\"version\":1}");
    }

    private static Map<String, Double> metrics(String name, double value, String next, double nextValue) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(name, value);
        metrics.put(next, nextValue);
        return metrics;
    }

    @Test void metricsKeepTheirOrderAndAreLeftOutWhereThereAreNone() throws IOException {
        write(List.of(new StepDone(1, 1, 2, 3, 4, 5, 6, 7),
                new StepDone(1, 1, 2, 3, 4, 5, 6, 7, metrics("rewards/margins", 0.25, "a", 1))));
        List<String> lines = Files.readAllLines(file);
        assertThat(lines.get(1)).endsWith(",\"tokens\":6,\"seconds\":7.0}");
        assertThat(lines.get(2)).endsWith("\"seconds\":7.0,\"metrics\":{\"rewards/margins\":0.25,\"a\":1.0}}");
        assertThat(((StepDone) EventLog.events(file).get(1)).metrics().keySet())
                .containsExactly("rewards/margins", "a");
    }

    @Test void anOlderLogsWarningIsItsSentence() throws IOException {
        write(List.of());
        Files.writeString(file,
                "{\"type\":\"warned\",\"at\":\"2026-01-01T00:00:00Z\",\"step\":2,\"kind\":\"loss.notFinite\","
                + "\"message\":\"损失 100%\"}\n", StandardOpenOption.APPEND);
        assertThat(WarningText.of((Warned) EventLog.events(file).get(0))).isEqualTo("损失 100%");
    }

    @Test void everyEventIsInTheFileBeforeTheNext() {
        try (EventLog log = EventLog.create(file)) {
            for (RunEvent event : SomeRun.of(3, 3, 0)) {
                log.on(event);
                assertThat(EventLog.events(file)).last().isEqualTo(event);
            }
        }
    }

    @Test void aKilledAndResumedRunLeavesTheLogOfAnUninterruptedOne() throws IOException {
        List<RunEvent> events = SomeRun.of(20, 7, 5);
        write(events);
        List<String> uninterrupted = withoutTimes();
        Files.delete(file);

        long length;
        try (EventLog log = EventLog.create(file)) {
            events.subList(0, 9).forEach(log::on);
            length = log.commit();
            events.subList(9, 13).forEach(log::on);   // lost work, and a line that was cut by the kill
        }
        Files.writeString(file, "{\"type\":\"step\",\"at\":\"20", StandardOpenOption.APPEND);
        Started begun = (Started) events.get(0);
        try (EventLog log = EventLog.resume(LogRemains.of(file, 8, length))) {
            log.on(new Started(8, begun.steps(), begun.stepsPerEpoch(), begun.trainRows(), begun.heldOutRows(),
                    begun.trainableParameters(), begun.allParameters(), true));
            events.subList(9, events.size()).forEach(log::on);
        }
        assertThat(withoutTimes()).isEqualTo(uninterrupted);
    }

    @Test void aTornLastLineIsLeftOut() throws IOException {
        write(SomeRun.of(2, 2, 0));
        String text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() - 10));
        assertThat(EventLog.events(file)).isEqualTo(SomeRun.of(2, 2, 0).subList(0, 3));
    }

    @Test void aNewerVersionIsRefused() throws IOException {
        Files.writeString(file, "{\"format\":\"weft.events\",\"version\":2}\n");
        assertThatThrownBy(() -> EventLog.events(file)).isInstanceOf(UserError.class).hasMessageContaining("version 2")
                .hasMessageContaining("newer Weft");
    }

    @Test void aFileThatIsNoLogIsRefused() throws IOException {
        for (String content : List.of("", "\n", "not JSON\n", "[1]\n", "{\"format\":\"other\",\"version\":1}\n")) {
            Files.writeString(file, content);
            assertThatThrownBy(() -> EventLog.events(file)).as(content).isInstanceOf(UserError.class)
                    .hasMessageContaining("is not an event log");
        }
    }

    @Test void aLineThatIsNoEventIsNamed() throws IOException {
        write(SomeRun.of(2, 2, 0));
        for (String bad : List.of("{}", "[]", "nonsense",
                "{\"type\":\"step\",\"at\":\"2026-01-01T00:00:00Z\",\"step\":3}",
                "{\"type\":\"dance\",\"at\":\"2026-01-01T00:00:00Z\"}",
                "{\"type\":\"saved\",\"at\":\"noon\",\"step\":3,\"folder\":\"x\"}")) {
            Path damaged = folder.resolve("damaged.jsonl");
            Files.writeString(damaged, Files.readString(file) + bad + "\n");
            assertThatThrownBy(() -> EventLog.events(damaged)).as(bad).isInstanceOf(UserError.class)
                    .hasMessageContaining("line 6");
        }
    }

    @Test void lookingAtALogWritesNothing() throws IOException {
        write(SomeRun.of(4, 2, 0));
        byte[] before = Files.readAllBytes(file);
        for (long length : new long[] {0, 1, before.length - 1, before.length + 1}) {
            assertThat(LogRemains.of(file, 4, length).loss()).as("length " + length).isPresent();
        }
        assertThat(LogRemains.of(file, 4, before.length).loss()).isEmpty();
        assertThat(file).hasBinaryContent(before);
    }

    @Test void aLogThatWasCutShortKeepsWhatItHasAndTellsTheStepsThatItLost() throws IOException {
        List<RunEvent> events = SomeRun.of(9, 3, 0);
        write(events);
        long length = Files.size(file);
        List<String> lines = Files.readAllLines(file);
        String torn = String.join("\n", lines.subList(0, 5)) + "\n" + lines.get(5).substring(0, 20);
        Files.writeString(file, torn);
        LogRemains remains = LogRemains.of(file, 9, length);
        Warned loss = remains.loss().orElseThrow();
        assertThat(WarningText.of(loss)).startsWith(file + " ends before the checkpoint does: ");
        List<RunEvent> left = events.subList(0, 4);
        int last = left.get(3).step();
        assertThat(loss.arguments()).contains(last + 1 + "-9");
        try (EventLog log = EventLog.resume(remains)) {
            log.on(new Started(9, 9, 3, 1, 1, 1, 1, true));
            log.on(loss);
        }
        assertThat(EventLog.events(file)).as("the run's first event stands").startsWith(left.toArray(RunEvent[]::new))
                .hasSize(5).last().isEqualTo(loss);
        assertThat(folder.resolve("events.damaged-1.jsonl")).hasContent(torn);
    }

    @Test void aLogWithALineThatIsNoneLosesThisLineAlone() throws IOException {
        List<RunEvent> events = SomeRun.of(9, 3, 0);
        write(events);
        long length = Files.size(file);
        byte[] bytes = Files.readAllBytes(file);
        int third = Files.readString(file).indexOf("\"step\":3,");
        bytes[third + 8] = 'x';
        Files.write(file, bytes);
        LogRemains remains = LogRemains.of(file, 9, length);
        assertThat(remains.loss().orElseThrow().kind()).isEqualTo("log.damaged");
        assertThat(remains.loss().orElseThrow().arguments()).contains("3");
        EventLog.resume(remains).close();
        List<RunEvent> wanted = new java.util.ArrayList<>(events);
        wanted.removeIf(event -> event instanceof StepDone && event.step() == 3);
        assertThat(EventLog.events(file)).isEqualTo(wanted);
    }

    @Test void aLostLogBeginsAgainWithTheStepThatTheRunGoesOnFrom() throws IOException {
        for (String content : new String[] {null, "", "not a log\n"}) {
            Files.deleteIfExists(file);
            if (content != null) {
                Files.writeString(file, content);
            }
            LogRemains remains = LogRemains.of(file, 9, 1234);
            assertThat(remains.loss()).isPresent();
            Started started = new Started(9, 12, 3, 1, 1, 1, 1, true);
            try (EventLog log = EventLog.resume(remains)) {
                log.on(started);
            }
            assertThat(EventLog.events(file)).containsExactly(started);
        }
    }

    @Test void aNewerLogIsRefusedAndStays() throws IOException {
        Files.writeString(file, "{\"format\":\"weft.events\",\"version\":2}\n");
        assertThatThrownBy(() -> LogRemains.of(file, 1, 10)).isInstanceOf(UserError.class)
                .hasMessageContaining("newer Weft");
    }

    @Test void aLogIsNeverOverwritten() {
        write(List.of(new Finished(0, Finished.Reason.STOPPED, 0, -1, 0, 0)));
        assertThatThrownBy(() -> EventLog.create(file)).isInstanceOf(UserError.class)
                .hasMessageContaining("events.jsonl").hasMessageContaining("FileAlreadyExists");
    }

    private void write(List<RunEvent> events) {
        try (EventLog log = EventLog.create(file)) {
            events.forEach(log::on);
        }
    }

    private List<String> withoutTimes() throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> line.replaceAll("\"(at|seconds)\":(\"[^\"]*\"|[0-9.E-]+)", ""))
                .collect(Collectors.toList());
    }
}
