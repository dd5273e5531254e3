package io.weft;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.JsonFile;
import io.weft.loaded.LoadedModel;
import io.weft.problem.Language;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What whoever opens a model is told of its files. */
class FolderNotesTest {
    private final Language before = Language.current();
    @TempDir Path folder;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @Test void whatTheFilesAskForAndNobodyReadsIsToldAtOpening() throws IOException {
        Path base = TinyRun.base(folder.resolve("base"), DType.F32), config = base.resolve("config.json");
        Scope.run(() -> {
            try (LoadedModel opened = LoadedModel.open(base)) {
                assertThat(opened.notes()).isEmpty();
            }
        });
        ObjectNode keys = JsonFile.object(config);
        Files.writeString(config, keys.put("logit_scale", 0.5).toString());
        Files.writeString(base.resolve("generation_config.json"), "{\"do_sample\": true, \"temperature\": 0.6, "
                + "\"stop_strings\": [\"###\"]}");
        Scope.run(() -> {
            try (LoadedModel opened = LoadedModel.open(base)) {
                assertThat(opened.notes()).hasSize(2);
                assertThat(opened.notes().get(0)).startsWith(config + " sets").contains(": logit_scale;");
                assertThat(opened.notes().get(1)).contains("do_sample: true, temperature: 0.6");
                assertThat(opened.ending().texts()).contains("###");
            }
        });
    }
}
