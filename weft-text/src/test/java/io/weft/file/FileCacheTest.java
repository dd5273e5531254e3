package io.weft.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class FileCacheTest {
    @TempDir private Path folder;

    private Path file(String name, int bytes) throws IOException {
        return Files.write(folder.resolve(name), new byte[bytes]);
    }

    @Test void whatIsKeptIsFetchedAndNothingElse() throws IOException {
        var cache = new FileCache(folder.resolve("cache"), 1000);
        assertThat(cache.fetch("a", folder.resolve("out"))).isFalse();
        cache.keep("a", file("in", 10));
        assertThat(cache.fetch("a", folder.resolve("out"))).isTrue();
        assertThat(folder.resolve("out")).hasBinaryContent(new byte[10]);
    }

    @Test void theLongestUnusedGoesWhenItIsFull() throws IOException {
        var cache = new FileCache(folder.resolve("cache"), 450);
        for (String name : new String[] {"a", "b", "c", "d"}) {
            cache.keep(name, file("in", 100));
            Files.setLastModifiedTime(folder.resolve("cache").resolve(name), FileTime.fromMillis(name.charAt(0)));
        }
        assertThat(cache.fetch("a", folder.resolve("out"))).isTrue();
        cache.keep("e", file("in", 100));
        assertThat(folder.resolve("cache").toFile().list()).containsExactlyInAnyOrder("a", "c", "d", "e");
        cache.keep("large", file("in", 200));
        assertThat(folder.resolve("cache/large")).as("more than a quarter").doesNotExist();
    }

    @Test void aFolderThatCannotBeMadeIsNoError() throws IOException {
        var cache = new FileCache(file("taken", 1).resolve("cache"), 1000);
        cache.keep("a", file("in", 10));
        assertThat(cache.fetch("a", folder.resolve("out"))).isFalse();
    }
}
