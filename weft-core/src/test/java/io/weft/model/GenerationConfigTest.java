package io.weft.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.model.folder.GenerationConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What a written folder's generation_config.json says of the ends of answers. */
final class GenerationConfigTest {
    private static final String FILE = "generation_config.json";
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir Path folder;
    private Path base, target;

    @BeforeEach void makeFolders() throws IOException {
        base = Files.createDirectory(folder.resolve("base"));
        target = Files.createDirectory(folder.resolve("target"));
    }

    @Test void theEndsOfTheBaseComeFirstAndItsOtherSettingsStay() throws IOException {
        base("generation_config.json", "{\"do_sample\": true, \"eos_token_id\": [9, 4], \"top_p\": 0.8}");
        base("config.json", "{\"eos_token_id\": 7}");
        assertThat(written(Set.of(4, 5, 1), List.of("\n### User:")))
                .isEqualTo("{\"do_sample\":true,\"eos_token_id\":[9,4,7,1,5],\"top_p\":0.8,"
                + "\"stop_strings\":[\"\\n### User:\"]}");
    }

    @Test void aFileThatNamesEveryEndIsLeftAlone() throws IOException {
        base("generation_config.json", "{ \"eos_token_id\":4 }");
        base("config.json", "{\"eos_token_id\": [4]}");
        assertThat(written(Set.of(4), List.of())).isEqualTo("nothing");
        base("generation_config.json", "{\"eos_token_id\": 4, \"stop_strings\": \"END\"}");
        assertThat(written(Set.of(4), List.of("END"))).isEqualTo("nothing");
    }

    @Test void whereTheBaseHasNoFileItsConfigIsWhatOtherToolsReadAndIsKept() throws IOException {
        base("config.json", "{\"eos_token_id\": 4, \"bos_token_id\": 2, \"pad_token_id\": null, \"hidden_size\": 8}");
        assertThat(written(Set.of(4), List.of())).as("config.json says it").isEqualTo("nothing");
        assertThat(written(Set.of(3), List.of())).isEqualTo("{\"bos_token_id\":2,\"eos_token_id\":[4,3]}");
    }

    @Test void aFileWithoutAnEndGetsThoseOfConfigAndTemplate() throws IOException {
        base("generation_config.json", "{\"eos_token_id\": -1, \"max_new_tokens\": 12345678901}");
        base("config.json", "{\"eos_token_id\": 0}");
        assertThat(written(Set.of(6), List.of()))
                .isEqualTo("{\"eos_token_id\":[0,6],\"max_new_tokens\":12345678901}");
    }

    private void base(String name, String json) throws IOException { Files.writeString(base.resolve(name), json); }

    private String written(Set<Integer> ids, List<String> texts) throws IOException {
        GenerationConfig.write(base.resolve(FILE), base.resolve("config.json"), target, ids, texts);
        Path file = target.resolve(FILE);
        return Files.exists(file) ? JSON.readTree(file.toFile()).toString() : "nothing";
    }
}
