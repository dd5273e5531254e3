package io.weft;

import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.recipe.Recipe;
import io.weft.run.EventLog;
import io.weft.tensor.SafeTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Recipes, logs and weight files that are broken are told in Weft's words, in both languages. */
class OwnWordsTest {
    private static final Pattern THEIRS = Pattern.compile(
            "Feature|ALLOW_|Exception|com\\.|org\\.|java\\.|CTRL-CHAR|column nr|REDACTED|Source:|"
            + "end-of-input|Unexpected|Unrecognized|Illegal|Invalid|scanning|block end|stream end|"
            + "scalar|flow |deserialize|Event\\(");
    @TempDir Path folder;

    @AfterEach void english() { Language.use(Language.ENGLISH); }

    @Test void brokenYaml() {
        for (Language language : new Language[] {Language.ENGLISH, Language.CHINESE}) {
            Language.use(language);
            for (String text : List.of("model: x\n data: [\n", "a: b: c", "a:\n\t- b", "a: [1, 2", "a: 'x",
                    "a: \"x\\q\"", "{a: 1",
                    "- a\nb: 1", "a: @x", "a: `x", "a: %x", "%YAML 3\n---\na", "a: !!java.x 1", "? [a]: b",
                            "a: \u0001", "a: >z\n",
                    "key: - x", "\"a\": 1 x", "a: {b: 1]", "a: 1\n  b: 2", "*a", "a: !<x", "a: [}", "\u0000",
                            "a: 1\na: 2", "[[[[")) {
                UserError told = catchThrowableOfType(UserError.class, () -> Recipe.parse(text));
                assertThat(told).as(text).isNotNull();
                own(text, told);
            }
        }
        Language.use(Language.ENGLISH);
        assertThat(catchThrowableOfType(UserError.class, () -> Recipe.parse("model: a\n\tdata: b\n")))
                .hasMessageContaining("line 2  not valid YAML: a tab stands where only spaces may");
    }

    @Test void brokenHeadersOfWeights() throws IOException {
        for (String header : List.of("{\"a\":", "{'a':1}", "{\"a\":NaN}", "{\"a\":\"x\u0001\"}", "{\"a\":True}",
                "{\"a\": {\"dtype\": 1}}")) {
            byte[] text = header.getBytes(StandardCharsets.UTF_8);
            Path file = Files.write(folder.resolve("model.safetensors"), ByteBuffer.allocate(8 + text.length)
                    .order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text).array());
            UserError told = catchThrowableOfType(UserError.class, () -> SafeTensors.open(file));
            assertThat(told).as(header).hasMessageContaining("model.safetensors");
            own(header, told);
        }
    }

    @Test void brokenLogs() throws IOException {
        for (String line : List.of("{\"type\":", "{\"type\":\"step\",\"at\":\"x\"}", "{'a'}",
                "{\"type\":\"step\",\"at\":"
                + "\"2026-01-01T00:00:00Z\",\"step\":\"many\"}", "nonsense",
                        "{\"type\":\"no\",\"at\":\"2026-01-01T00:00:00Z\"}")) {
            Path file = Files.writeString(folder.resolve("events.jsonl"),
                    "{\"format\":\"weft.events\",\"version\":1}\n" + line
                    + "\n");
            UserError told = catchThrowableOfType(UserError.class, () -> EventLog.events(file));
            assertThat(told).as(line).isNotNull();
            own(line, told);
        }
    }

    private void own(String input, UserError told) {
        String shown = told.getMessage().replace(folder.toString(), "").replace(input, "");
        assertThat(THEIRS.matcher(shown).find()).as("%s -> %s", input, shown).isFalse();
    }
}
