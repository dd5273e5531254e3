package io.weft.data;

import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ExampleStoreTest {
    @TempDir private Path folder;

    private static ExampleGroup group(Random random, int documents) {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < documents; i++) {
            int length = 2 + random.nextInt(70);
            boolean[] trained = new boolean[length];
            for (int k = 0; k < length; k++) {
                trained[k] = random.nextBoolean();
            }
            trained[length - 1] = true;
            examples.add(new Example(random.ints(length, 0, 200_000).toArray(), trained));
        }
        return random.nextBoolean() ? new ExampleGroup(examples)
                : new ExampleGroup(examples, random.doubles(documents).toArray());
    }

    private static void same(ExampleGroup found, ExampleGroup expected) {
        assertThat(found.values()).isEqualTo(expected.values());
        assertThat(found.documents()).hasSameSizeAs(expected.documents());
        for (int i = 0; i < found.documents().size(); i++) {
            assertThat(found.documents().get(i).ids()).isEqualTo(expected.documents().get(i).ids());
            assertThat(found.documents().get(i).trained()).isEqualTo(expected.documents().get(i).trained());
        }
    }

    @Test void groupsComeBackByNumber() {
        var random = new Random(1);
        List<ExampleGroup> groups = Stream.generate(() -> group(random, 1 + random.nextInt(3))).limit(5000).toList();
        Path file = folder.resolve("rows.tokens");
        try (var writer = new ExampleStore.Writer(file)) {
            groups.forEach(writer::add);
            assertThat(file).doesNotExist();
            writer.finish();
        }
        try (ExampleStore store = ExampleStore.open(file)) {
            assertThat(store.size()).isEqualTo(5000);
            assertThat(store.mostDocuments()).isEqualTo(3);
            assertThat(Arrays.stream(store.lengths()).boxed())
                    .isEqualTo(groups.stream().map(ExampleGroup::length).toList());
            for (int i = 4999; i >= 0; i -= 7) {
                same(store.get(i), groups.get(i));
            }
            same(store.get(0), groups.get(0));
        }
    }

    @Test void aFileThatWasNotFinishedIsNotThere() throws IOException {
        Path file = folder.resolve("rows.tokens");
        try (var writer = new ExampleStore.Writer(file)) {
            writer.add(group(new Random(2), 1));
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test void aFileThatIsCutIsRefusedByName() throws IOException {
        Path file = folder.resolve("rows.tokens");
        try (var writer = new ExampleStore.Writer(file)) {
            writer.add(group(new Random(3), 2));
            writer.finish();
        }
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> ExampleStore.open(file)).isInstanceOf(UserError.class)
                    .hasMessageContaining("rows.tokens");
        }
    }
}
