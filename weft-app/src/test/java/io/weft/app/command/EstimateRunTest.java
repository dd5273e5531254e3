package io.weft.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.TinyRun;
import io.weft.app.Shell;
import io.weft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What a training would take, from the command line. */
final class EstimateRunTest {
    @TempDir private Path folder;

    @Test
    void tellsEachPartOfTheMemoryAndTheTime() throws IOException {
        Path base = TinyRun.base(folder.resolve("base"), DType.F32),
                rows = TinyRun.rows(folder.resolve("rows.jsonl"), 40);
        Shell.Result told = Shell.weft("estimate", "--model", base, "--data", rows, "train.steps=7", "data.pack=false");
        assertThat(told.code()).isZero();
        assertThat(told.out()).contains("weights", "activations", "optimizer", "MB are available", "a step: 4 x 4 rows",
                "7 steps");
        Shell.Result json = Shell.weft("estimate", "--model", base, "--data", rows, "train.steps=7", "--json");
        JsonNode root = new ObjectMapper().readTree(json.out());
        long sum = 0;
        for (JsonNode part : root.path("bytes")) {
            sum += part.asLong();
        }
        assertThat(root.path("totalBytes").asLong()).isEqualTo(sum).isPositive();
        assertThat(root.path("runSeconds").asDouble()).isPositive();
    }

    @Test
    void stagesAreEstimatedOneAtATime() throws IOException {
        Path recipe = Files.writeString(folder.resolve("recipe.yaml"), "model: m\nstages: []\n");
        Shell.Result told = Shell.weft("estimate", recipe);
        assertThat(told.code()).isEqualTo(2);
        assertThat(told.err()).contains("estimate one at a time");
    }
}
