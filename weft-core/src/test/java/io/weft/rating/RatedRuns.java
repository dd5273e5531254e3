package io.weft.rating;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.JsonFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Run folders that hold nothing but what rating reads: a recipe and the samples of an evaluation. */
public final class RatedRuns {
    private RatedRuns() {}

    /** @param rows of each: prompt, expected answer, the base's answer, the tuned one's */
    public static Path run(Path folder, List<List<String>> rows) {
        try {
            Files.createDirectories(folder.resolve("evaluation"));
            Files.writeString(folder.resolve("recipe.yaml"), "model: base\n");
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < rows.size(); i++) {
                ObjectNode line = JsonFile.JSON.createObjectNode().put("row", i + 1).put("prompt", rows.get(i).get(0))
                        .put("expected", rows.get(i).get(1));
                answer(line.putObject("base"), rows.get(i).get(2));
                answer(line.putObject("tuned"), rows.get(i).get(3));
                lines.append(line).append('\n');
            }
            Files.writeString(folder.resolve("evaluation/samples.jsonl"), lines);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(ObjectNode into, String text) {
        into.put("answer", text).put("tokens", 5).put("finish", "stop").put("exactMatch", false).put("rougeL", 10.0);
    }

    /** So many rows of which every answer differs. */
    public static Path run(Path folder, int rows) {
        return run(folder, IntStream.rangeClosed(1, rows).mapToObj(i ->
                List.of("question " + i, "expected " + i, "base says " + i, "tuned says " + i)).toList());
    }
}
