package io.weft.data.prepare;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The memory that a long row takes grows with the row. */
class LongRowTest {
    private static final int MEGABYTES = 12;
    @TempDir Path folder;

    /** Prepares the file in the first argument and reads it back; in a process of its own, whose heap is bounded. */
    public static void main(String[] arguments) {
        PreparedData data = Preparation.prepare(DataSettings.DEFAULTS.withTrain(arguments[0]), 1,
                Path.of(arguments[1]));
        long characters = 0;
        for (PreparedRows rows : new PreparedRows[] {data.train(), data.heldOut()}) {
            for (int i = 0; i < rows.size(); i++) {
                characters += rows.get(i).answers().get(0).length();
            }
            rows.close();
        }
        System.out.print(data.manifest().counts().rejected() + " " + characters);
    }

    @Test void aLongRowTakesAtMostEightTimesItsBytes() throws IOException, InterruptedException {
        String words = "stone hill ".repeat((MEGABYTES << 20) / 11),
                small = "{\"instruction\":\"a\",\"output\":\"b\"}\n";
        Path file = Files.writeString(folder.resolve("rows.jsonl"), small.repeat(5)
                + "{\"instruction\":\"l\",\"output\":\"" + words
                + "\"}\n" + small.repeat(5));
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-Xmx" + 8 * MEGABYTES + "m", "-cp", System.getProperty("java.class.path"),
                LongRowTest.class.getName(), file.toString(), folder.resolve("run").toString())
                .redirectErrorStream(true).redirectOutput(new File(folder.toFile(), "told")).start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(folder.resolve("told")).hasContent("0 " + (words.strip().length() + 10));
    }
}
