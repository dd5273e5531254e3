package io.weft.evaluate.sample;

import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SampleRowsTest {
    private final Language before = Language.current();
    @TempDir Path folder;

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @Test void linesOfTheFirstFormatHaveBaseAndTuned() throws IOException {
        write("{\"row\":1,\"prompt\":\"two?\",\"expected\":\"2\",\"promptTokens\":3,\"promptShortened\":false,"
                + "\"base\":{\"answer\":\"3\",\"tokens\":2,\"finish\":\"stop\",\"exactMatch\":false,\"rougeL\":0.0},"
                + "\"tuned\":{\"answer\":\"2\",\"tokens\":2,\"finish\":\"length\",\"exactMatch\":true,"
                + "\"rougeL\":null}}\n");
        SampleRows read = SampleRows.read(folder);
        assertThat(read.models()).containsExactly("base", "tuned");
        SampleRow row = read.rows().get(0);
        assertThat(row.prompt()).isEqualTo("two?");
        assertThat(row.expected()).isEqualTo("2");
        assertThat(row.answers().get("base").rougeL()).hasValue(0);
        assertThat(row.answers().get("tuned")).satisfies(answer -> {
            assertThat(answer.answer()).isEqualTo("2");
            assertThat(answer.exactMatch()).isTrue();
            assertThat(answer.finish()).isEqualTo("length");
            assertThat(answer.rougeL()).isEmpty();
            assertThat(answer.loss()).isEmpty();
        });
    }

    @Test void linesOfManyModelsNameThem() throws IOException {
        write("{\"row\":7,\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":"
                + "\"u\"}],\"expectedReasoning\":\"hm\",\"expected\":\"e\",\"answers\":[{\"model\":\"b\",\"answer\":"
                + "\"1\",\"loss\":0.5},{\"model\":\"a\",\"answer\":\"2\",\"reasoning\":\"r\"}]}\n\n");
        SampleRows read = SampleRows.read(folder);
        assertThat(read.models()).containsExactly("b", "a");
        assertThat(read.rows()).singleElement().satisfies(row -> {
            assertThat(row.number()).isEqualTo(7);
            assertThat(row.prompt()).isEqualTo("system: s\nuser: u");
            assertThat(row.expectedReasoning()).isEqualTo("hm");
            assertThat(row.answers().get("b").loss()).hasValue(0.5);
            assertThat(row.answers().get("a").reasoning()).isEqualTo("r");
        });
    }

    @Test void whatIsNotThereOrBrokenIsToldWithTheNextStep() throws IOException {
        assertThatThrownBy(() -> SampleRows.of(new RunFolder(folder))).isInstanceOf(UserError.class)
                .hasMessageContaining("was not evaluated; run weft evaluate " + folder);
        write("{\"row\":1,\"prompt\":\"p\",\"expected\":\"e\",\"base\":{}}\n{\"row\":2,\n");
        assertThatThrownBy(() -> SampleRows.read(folder)).isInstanceOf(UserError.class)
                .hasMessageContaining("samples.jsonl line 2: not valid JSON");
        write("{\"text\":\"p\"}\n");
        assertThatThrownBy(() -> SampleRows.read(folder)).isInstanceOf(UserError.class)
                .hasMessageContaining("line 1: no sample of an evaluation");
    }

    private void write(String lines) throws IOException { Files.writeString(folder.resolve(SampleRows.FILE), lines); }
}
