package io.weft.file;

import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.PreparedData;
import io.weft.data.prepare.Preparation;
import io.weft.data.read.RowReader;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Whatever a parser meets, its message is Weft's own and never a library's, in both languages. */
class OwnWordsTest {
    /** Words of Jackson and fastcsv, and what only a programmer reads: classes, constants, features. */
    private static final Pattern THEIRS = Pattern.compile(
            "Feature|FEATURE|ALLOW_|Exception|com\\.|de\\.|java\\.|CTRL-CHAR|column nr|REDACTED|"
            + "Source:|end-of-input|Unexpected|Unrecognized|Illegal|Invalid|was expecting|marker|"
            + "JSON String|Stream|`|Node\\b|token|deserialize|maxBuffer|Cannot");
    private static final String[] BROKEN = {"{\"a\":", "{\"a\":\"x", "[1,", "{\"a\":1 \"b\":2}", "{'a':1}",
            "{\"a\":'x'}", "{a:1}",
        "{\"a\":True}", "{\"a\":None}", "{\"a\":NaN,}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":+1}",
                "{\"a\":1e}",
        "{\"a\":-}", "{\"a\":1,}", "[1,]", "{\"a\":\"x\ny\"}", "{\"a\":\"x\u0001y\"}", "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
        "{\"a\":1]", "[1}", "{\"a\":1}}", "/* c */{}", "// c\n{}", "{\"a\":1} x", "\u0000{}", "{\"a\" 1}",
                "{\"a\":1,,}", "{\"a\":abc}",
        "{\"a\":\u201cx\u201d}", "{\"a\":12a}", "<html>", "{\"a\": \"\\", "#x\n{}", "{,}", "[,1]", "{\"a\":tru",
                "[{\"a\":1}{\"b\":2}]",
        "[{\"a\":1},\n\u0000]", "[{\"a\":1},\n{\"a\":\"\t\"}]", "[{\"a\":1}\ufffe]", "[{\"a\":@}]",
                "[{\"a\":\"\\ud8\"}]"};
    @TempDir Path folder;

    @AfterEach void english() { Language.use(Language.ENGLISH); }

    @Test void brokenJsonIsToldInOwnWords() throws IOException {
        for (Language language : new Language[] {Language.ENGLISH, Language.CHINESE}) {
            Language.use(language);
            for (String text : BROKEN) {
                Path file = Files.writeString(folder.resolve("config.json"), text);
                UserError told = catchThrowableOfType(UserError.class, () -> JsonFile.object(file));
                if (told != null) {
                    own(text, told.getMessage());
                }
                for (String name : List.of("rows.json", "rows.jsonl")) {
                    read(Files.writeString(folder.resolve(name), text));
                    read(Files.writeString(folder.resolve(name), "{\"a\":1}\n" + text + "\n{\"a\":1}"));
                    read(Files.writeString(folder.resolve(name), "[{\"a\":1},\n" + text + ",{\"a\":1}]"));
                }
            }
            for (String text : List.of("{\"a\":" + "1".repeat(2_000) + "}", "[".repeat(2_000), "{\""
                    + "k".repeat(60_000) + "\":1}")) {
                Path file = Files.writeString(folder.resolve("config.json"), text);
                own(text, catchThrowableOfType(UserError.class, () -> JsonFile.object(file)).getMessage());
                read(Files.writeString(folder.resolve("rows.json"), "[" + text + "]"));
                read(Files.writeString(folder.resolve("rows.jsonl"), text));
            }
        }
        Path bytes = Files.write(folder.resolve("config.json"), new byte[] {'{', '"', (byte) 0xff, '"', '}'});
        own("bytes", catchThrowableOfType(UserError.class, () -> JsonFile.object(bytes)).getMessage());
    }

    @Test void whatIsWrongIsNamedWithWhatToDo() {
        String[][] told = {{"{'a':1}", "json.dumps"}, {"{\"a\":True}", "Python's spelling"}, {"{\"a\":1,}",
                "a comma stands before }"},
            {"[1,]", "a comma stands before ]"}, {"{\"a\":\"x\ny\"}", "a text is not closed on its line"},
            {"// c\n{}", "a comment stands here"}, {"{\"a\":\"x", "cut off"}, {"{\"a\":\u201cx\u201d}",
                    "typographic quote"},
            {"{\"a\":NaN}", "'NaN' is no number of JSON"}, {"{\"a\":\"\\x\"}", "a backslash"}};
        for (String[] each : told) {
            assertThat(catchThrowableOfType(UserError.class, () -> JsonFile.object(Files.writeString(
                    folder.resolve("config.json"), each[0])))).as(each[0]).hasMessageContaining(each[1])
                    .hasMessageContaining("config.json line 1 column ");
        }
    }

    @Test void brokenCsvIsToldInOwnWords() throws IOException {
        for (String text : List.of("a,b\n1,\"2", "a,b\n\"1\"x,2", "a,b\n1,\"" + "x".repeat((1 << 24) + 10),
                "a,a\n1,2", "\"a\nb",
                "a,b\n\u0000,1\n", "a,b\n1\n")) {
            read(Files.writeString(folder.resolve("rows.csv"), text));
        }
    }

    @Test void aDamagedManifestIsToldInOwnWords() throws IOException {
        Path rows = Files.writeString(folder.resolve("rows.jsonl"),
                "{\"prompt\":\"a\",\"completion\":\"b\"}\n".repeat(20));
        Path data = Preparation.prepare(DataSettings.DEFAULTS.withTrain(rows.toString()), 1,
                folder.resolve("run")).folder();
        String whole = Files.readString(data.resolve("manifest.json"));
        var random = new Random(3);
        int told = 0;
        for (int i = 0; i < 200; i++) {
            byte[] bytes = whole.getBytes();
            bytes[random.nextInt(bytes.length)] = (byte) "\"{}[],:\n\\x".charAt(random.nextInt(10));
            Files.write(data.resolve("manifest.json"), i % 5 == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length))
                    : bytes);
            UserError error = catchThrowableOfType(UserError.class, () -> PreparedData.open(data));
            if (error != null) {
                own(new String(bytes), error.getMessage());
                told++;
            }
        }
        assertThat(told).isGreaterThan(50);
    }

    private void read(Path file) {
        List<String> told = new ArrayList<>();
        try (RowReader reader = RowReader.open(file)) {
            reader.forEachRemaining(row -> row.rejected().ifPresent(rejected -> told.add(rejected.detail())));
        } catch (UserError e) {
            told.add(e.getMessage());
        }
        told.forEach(text -> own(file.toString(), text));
    }

    private void own(String input, String message) {
        String shown = message.replace(folder.toString(), "");
        assertThat(THEIRS.matcher(shown).find()).as("%s -> %s", input.length() > 200 ? "long" : input, shown).isFalse();
    }
}
