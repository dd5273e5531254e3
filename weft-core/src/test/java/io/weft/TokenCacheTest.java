package io.weft;

import io.weft.file.FileCache;
import io.weft.recipe.Recipe;
import io.weft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Rows that were tokenised once are not tokenised again, and a damaged copy of them is never believed. */
class TokenCacheTest {
    @TempDir private Path folder;

    private static Optional<Path> cached(byte[] ids) throws IOException {
        try (Stream<Path> all = Files.list(FileCache.usual("tokens").folder())) {
            for (Path file : all.filter(path -> path.toString().endsWith(TokenizedRows.SUFFIX)).toList()) {
                if (Arrays.equals(Files.readAllBytes(file), ids)) {
                    return Optional.of(file);
                }
            }
        }
        return Optional.empty();
    }

    @Test void aSecondRunTakesTheIdsOfTheFirstAndADamagedCopyIsMadeAnew() throws IOException {
        Path base = TinyRun.base(folder.resolve("base"), DType.F32),
                rows = TinyRun.rows(folder.resolve("rows.jsonl"), 31);
        Recipe recipe = TinyRun.recipe(base, rows, "train.steps=1", "train.seed=" + System.nanoTime() % 100_000);
        Path first = TinyRun.trained(recipe, folder.resolve("first"));
        byte[] ids = Files.readAllBytes(first.resolve("data/train.jsonl.tokens"));
        Path kept = cached(ids).orElseThrow();
        byte[] damaged = ids.clone();
        damaged[damaged.length / 3] ^= 1;
        Files.write(kept, damaged);
        Path second = TinyRun.trained(recipe, folder.resolve("second"));
        assertThat(second.resolve("data/train.jsonl.tokens")).hasBinaryContent(ids);
        assertThat(kept).as("kept anew").hasBinaryContent(ids);
        long made = Files.getLastModifiedTime(kept).toMillis();
        Files.setLastModifiedTime(kept, FileTime.fromMillis(1000));
        Path third = TinyRun.trained(recipe, folder.resolve("third"));
        assertThat(third.resolve("data/train.jsonl.tokens")).hasBinaryContent(ids);
        assertThat(Files.getLastModifiedTime(kept).toMillis()).as("used").isGreaterThanOrEqualTo(made);
    }
}
