package io.weft;

import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.tensor.DType;
import io.weft.tensor.Engine;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A run that cannot begin after all, since its model does not load, leaves nothing open and nothing changed. */
class FailedStartTest {
    @TempDir Path folder;

    @Test void aModelThatDoesNotLoadLeavesTheThreadsAndTheFilesAsTheyWere() throws IOException {
        Path base = TinyRun.base(folder.resolve("base"), DType.F32), out = folder.resolve("run");
        Recipe recipe = TinyRun.recipe(base, TinyRun.rows(folder.resolve("rows.jsonl"), 24),
                "train.threads=" + (Engine.threads() + 1));
        Path config = base.resolve("config.json");
        String whole = Files.readString(config);
        Files.writeString(config, whole.replaceFirst("(\"intermediate_size\"\\s*:\\s*)64", "$1" + "63"));
        int threads = Engine.threads();
        assertThatThrownBy(() -> Scope.run(() -> TrainingRun.start(recipe, out, event -> {}).close()))
                .isInstanceOf(UserError.class).hasMessageContaining("63");
        assertThat(Engine.threads()).isEqualTo(threads);
        assertThat(out).doesNotExist();
        assertThat(openBelow(out)).isEmpty();

        Files.writeString(config, whole);
        TinyRun.trained(recipe, out);
        assertThat(Engine.threads()).as("after a run, too").isEqualTo(threads);
        assertThat(openBelow(out)).isEmpty();
    }

    /** The files below a folder that this process has open, as Linux tells them; deleted ones too. */
    private static List<String> openBelow(Path folder) throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        Assumptions.assumeTrue(Files.isDirectory(descriptors), "only Linux tells which files are open");
        try (Stream<Path> all = Files.list(descriptors)) {
            return all.flatMap(one -> {
                try {
                    return Stream.of(Files.readSymbolicLink(one).toString());
                } catch (IOException gone) {
                    return Stream.empty();
                }
            }).filter(file -> file.startsWith(folder.toString())).toList();
        }
    }
}
