package io.weft.data.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.data.Conversation;
import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Place;
import io.weft.data.Preference;
import io.weft.data.PromptStyle;
import io.weft.data.Text;
import io.weft.data.check.report.DataCheck;
import io.weft.data.split.HeldOut;
import io.weft.data.split.Split;
import io.weft.golden.Golden;
import io.weft.problem.Language;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PreparationTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    @TempDir Path folder;

    @BeforeEach void english() { Language.use(Language.ENGLISH); }

    @AfterEach void englishAgain() { Language.use(Language.ENGLISH); }

    @Test void theFilesHoldTheSplitInItsOrderAndReadBackAsTheyWere() throws IOException {
        Path file = rows(12, i -> "{\"instruction\":\"ask " + i + " 中🙂\",\"input\":\"" + (i % 2 == 0 ? "" : "with")
                + "\",\"output\":\"answer\\n" + i + "\"}");
        PreparedData data = Preparation.prepare(settings(file, "auto", "0.25"), 3, folder.resolve("run"));
        Split split = Split.ofShare(12, 0.25, 3);
        assertThat(data.train()).extracting(sample -> sample.answers().get(0))
                .containsExactlyElementsOf(answers(split.train()));
        assertThat(data.heldOut()).extracting(sample -> sample.answers().get(0))
                .containsExactlyElementsOf(answers(split.heldOut()));
        assertThat(data.train()).extracting(sample -> sample.place().line())
                .containsExactlyElementsOf(Arrays.stream(split.train()).mapToObj(row -> row + 1).toList());
        assertThat(data.train().get(1).place()).isEqualTo(new Place(file.toString(), split.train()[1] + 1));
        assertThat(data.manifest().settings())
                .isEqualTo(new DataSettings(file.toString(), "alpaca", OptionalInt.empty(),
                Optional.of(PromptStyle.TUTORIAL), 1024, true,
                OverLength.CUT, "0.25"));
        assertThat(data.promptStyle()).isEqualTo(PromptStyle.TUTORIAL);
        assertThat(data.manifest().columns()).isEqualTo("prompt, completion");
        JsonNode first = JSON.readTree(Files.readAllLines(folder.resolve("run/data/heldout.jsonl")).get(0));
        assertThat(first.properties()).extracting(Map.Entry::getKey).containsExactly("prompt", "completion");
        assertThat(first.get("prompt").asText())
                .isEqualTo(PromptStyle.TUTORIAL.build("ask " + split.heldOut()[0] + " 中🙂", split.heldOut()[0] % 2 == 0
                ? "" : "with"));
        assertThat(PreparedData.open(folder.resolve("run/data")).manifest()).isEqualTo(data.manifest());
        assertThat(files(folder.resolve("run"))).containsExactlyInAnyOrder("data/heldout.jsonl", "data/manifest.json",
                "data/rejected.jsonl", "data/train.jsonl", "data/train.jsonl.places",
                "data/heldout.jsonl.places");
    }

    @Test void rejectedRowsAreKeptWithPlaceAndReasonAndCounted() throws IOException {
        Path file = write("rows.jsonl",
                "{\"instruction\":\"a\",\"output\":\"1\"}\n{\"instruction\":\"\","
                + "\"output\":\"2\"}\n{broken\n{\"instruction\":\"b\"}\n{\"instruction\":\"c\","
                + "\"output\":\"\\udead\"}\n"
                + "{\"instruction\":\"d\",\"output\":\"3\"}\n");
        Manifest manifest = Preparation.prepare(settings(file, "auto", "1"), 42, folder.resolve("run")).manifest();
        assertThat(manifest.counts()).isEqualTo(new Manifest.Counts(6, 4, 1, 1, 0));
        assertThat(manifest.rejected())
                .isEqualTo(Map.of("blank:instruction", 1, "not_json", 1, "missing:output", 1, "broken_character:output",
                1));
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("run/data/rejected.jsonl"))) {
            JsonNode row = JSON.readTree(line);
            lines.add(row.get("file").asText().equals(file.toString()) + " " + row.get("line") + " " + row.get("reason")
                    .asText() + " " + row.get("row").asText());
        }
        assertThat(lines).containsExactly("true 2 blank:instruction {\"instruction\":\"\",\"output\":\"2\"}",
                "true 3 not_json {broken",
                "true 4 missing:output {\"instruction\":\"b\"}",
                "true 5 broken_character:output {\"instruction\":\"c\",\"output\":\"\\udead\"}");
    }

    @Test void whenNoRowIsRightEveryRowIsNamedAndNothingIsLeftBehind() throws IOException {
        Path file = write("rows.json", "[{\"instruction\":\"a\"},\n{\"instruction\":\"b\"},\n{\"instruction\":\"c\"}]");
        assertThatThrownBy(() -> Preparation.prepare(settings(file, "auto", "0.1"), 42, folder.resolve("run")))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("rows.json (none of the 3 rows read can be used) has 3 problems")
                .hasMessageContaining(
                "rows.json row 1: 'output' is missing (has instruction); set data.format or fix the row")
                .hasMessageContaining("rows.json line 3, row 3:");
        Path lists = write("lists.json", "[{\"prompt\":[1],\"completion\":{\"a\":2}}]");
        assertThatThrownBy(() -> Preparation.prepare(settings(lists, "auto", "0.1"), 42, folder.resolve("run")))
                .hasMessageContaining("lists.json row 1: 'prompt[0]' is a number; expected an object");
        Path scalars = write("scalars.json", "[1,\n2]");
        assertThatThrownBy(() -> Preparation.prepare(settings(scalars, "auto", "0.1"), 42, folder.resolve("run")))
                .hasMessageContaining("line 2, row 2: a number stands where a row is expected");
        Path wrong = write("prompts.jsonl", "{\"prompt\":\"a\",\"completion\":\"b\"}\n");
        assertThatThrownBy(() -> Preparation.prepare(settings(wrong, "alpaca", "0.1"), 42, folder.resolve("run")))
                .hasMessageContaining("'instruction' is missing (has prompt, completion); set data.format");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test void aFileThatBreaksHalfwayLeavesNothingBehind() throws IOException {
        Path file = write("rows.json", "[" + "{\"prompt\":\"a\",\"completion\":\"b\"},\n".repeat(2000)
                + "{\"prompt\":\"a");
        Path run = Files.createDirectory(folder.resolve("run"));
        Files.writeString(run.resolve("recipe.yaml"), "model: x");
        assertThatThrownBy(() -> Preparation.prepare(settings(file, "auto", "0.1"), 42, run))
                .isInstanceOf(UserError.class).hasMessageContaining("line 2001, column 13: the JSON ends too early");
        assertThat(files(run)).containsExactly("recipe.yaml");
    }

    @Test void aRunFolderThatHasDataOrTakesNoneIsRefusedAsItIs() throws IOException {
        Path file = rows(4, i -> "{\"prompt\":\"p" + i + "\",\"completion\":\"c\"}");
        Preparation.prepare(settings(file, "auto", "0.1"), 42, folder.resolve("run"));
        assertThatThrownBy(() -> Preparation.prepare(settings(file, "auto", "0.1"), 42, folder.resolve("run")))
                .isInstanceOf(UserError.class).hasMessageContaining("holds data already");
        assertThat(PreparedData.open(folder.resolve("run/data")).train()).hasSize(3);
        assertThatThrownBy(() -> Preparation.prepare(settings(file, "auto", "0.1"), 42, file.resolve("run")))
                .isInstanceOf(UserError.class).hasMessageContaining("rows.jsonl/run cannot be written: ")
                .hasMessageContaining("Not a directory");
    }

    @Test void whatACrashLeftIsCleared() throws IOException {
        Files.createDirectories(folder.resolve("run/data.partial/sub"));
        Files.writeString(folder.resolve("run/data.partial/train.jsonl"), "half a li");
        Path file = rows(4, i -> "{\"prompt\":\"p" + i + "\",\"completion\":\"c\"}");
        assertThat(Preparation.prepare(settings(file, "auto", "0.1"), 42, folder.resolve("run")).train()).hasSize(3);
        assertThat(folder.resolve("run/data.partial")).doesNotExist();
    }

    @Test void oneRowOfSeveralTurnsMakesEveryRowMessages() throws IOException {
        Path file = write("rows.jsonl",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}]}\n"
                + "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"c\"},"
                + "{\"role\":\"assistant\",\"content\":\"d\"}]}\n");
        PreparedData data = Preparation.prepare(settings(file, "auto", "0"), 42, folder.resolve("run"));
        assertThat(data.manifest().columns()).isEqualTo("messages");
        assertThat(data.promptStyle()).isEqualTo(PromptStyle.TEMPLATE);
        assertThat(data.train()).extracting(sample -> ((Conversation) sample).messages())
                .containsExactly(List.of(Message.user("a"), Message.assistant("b")),
                List.of(Message.system("s"), Message.user("c"), Message.assistant("d")));
        assertThat(data.heldOut()).isEmpty();
    }

    @Test void plainTextIsLearnedWithoutAPrompt() throws IOException {
        Path file = write("text.txt", "first\nline\n\nsecond\n\nthird\n");
        PreparedData data = Preparation.prepare(settings(file, "text", "1"), 42, folder.resolve("run"));
        assertThat(data.manifest().columns()).isEqualTo("text");
        assertThat(Stream.concat(data.train().stream(), data.heldOut().stream()).map(sample -> sample.answers().get(0)))
                .containsExactlyInAnyOrder("first\nline", "second", "third");
        assertThat(data.train()).allMatch(Text.class::isInstance);
    }

    @Test void preferencesAndLabelsAreWrittenInTrlsColumnsAndReadBack() throws IOException {
        Path pairs = rows(4, i -> "{\"prompt\":\"p" + i % 2 + "\",\"chosen\":\"" + (i == 2 ? "no" : "yes")
                + "\",\"rejected\":\"" + (i == 2 ? "yes" : "no") + "\"}");
        PreparedData data = Preparation.prepare(settings(pairs, "auto", "0"), 42, folder.resolve("pairs"));
        assertThat(data.kind()).isEqualTo(Preference.class);
        assertThat(data.manifest().columns()).isEqualTo("prompt, chosen, rejected");
        assertThat(data.manifest().flags()).isEqualTo(Map.of("conflicting_preference", 2, "duplicate", 1));
        assertThat(Files.readAllLines(data.folder().resolve("train.jsonl")).get(0))
                .isEqualTo("{\"prompt\":\"p0\",\"chosen\":\"yes\",\"rejected\":\"no\"}");
        assertThat(data.train().get(0)).isEqualTo(new Preference(List.of(Message.user("p0")), "yes", "no",
                new Place(pairs.toString(), 1)));

        Path margins = write("margins.jsonl", "{\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"margin\":2}\n"
                + "{\"prompt\":\"q\",\"chosen\":\"a\",\"rejected\":\"b\"}\n");
        PreparedData measured = Preparation.prepare(settings(margins, "auto", "0"), 42, folder.resolve("margins"));
        assertThat(measured.manifest().columns()).isEqualTo("prompt, chosen, rejected, margin");
        assertThat(measured.train()).extracting(sample -> ((Preference) sample).margin())
                .containsExactlyInAnyOrder(OptionalDouble.of(2), OptionalDouble.empty());

        Path marks = write("marks.jsonl", "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},"
                + "{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}],"
                + "\"label\":true}\n{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},"
                + "{\"role\":\"assistant\",\"content\":\"b\"}],\"label\":false}\n");
        data = Preparation.prepare(settings(marks, "kto", "0"), 42, folder.resolve("marks"));
        assertThat(data.kind()).isEqualTo(Judged.class);
        assertThat(Files.readAllLines(data.folder().resolve("train.jsonl")).get(1))
                .isEqualTo("{\"prompt\":[{\"role\":\"user\",\"content\":\"a\"}],\"completion\":[{\"role\":"
                + "\"assistant\",\"content\":\"b\"}],\"label\":false}");
        assertThat(data.train()).extracting(sample -> ((Judged) sample).desirable()).containsExactly(true, false);
        assertThat(data.train().get(0).asked()).containsExactly(Message.system("s"), Message.user("a"));
    }

    @Test void marksThatAreAllAlikeAreTold() throws IOException {
        for (boolean good : new boolean[] {true, false}) {
            Path rows = rows(3, i -> "{\"prompt\":\"p" + i + "\",\"completion\":\"c\",\"label\":" + good + "}");
            PreparedData data = Preparation.prepare(settings(rows, "kto", "1"), 42, folder.resolve("run" + good));
            assertThat(data.manifest().flags()).isEqualTo(Map.of(good ? "all_marked_good" : "all_marked_bad", 3));
            }
    }

    @Test void labelledTextsAreWrittenAsTextAndLabelAndReadBack() throws IOException {
        Path rows = write("labels.csv", "text,label\nfine,good\nbad,2\nfine,bad\n");
        PreparedData data = Preparation.prepare(settings(rows, "auto", "0"), 42, folder.resolve("labels"),
                Labelled.class::equals);
        assertThat(data.kind()).isEqualTo(Labelled.class);
        assertThat(data.manifest().flags()).isEqualTo(Map.of("conflicting_completion", 2));
        assertThat(Files.readAllLines(data.folder().resolve("train.jsonl")))
                .contains("{\"text\":\"bad\",\"label\":\"2\"}");
        assertThat(data.train()).extracting(sample -> ((Labelled) sample).label()).containsExactly("good", "2", "bad");

        Path turns = write("turns.jsonl", "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},"
                + "{\"role\":\"user\",\"content\":\"a\"}],\"label\":\"x\"}\n{\"text\":\"b\",\"label\":\"y\"}\n");
        DataSettings asMessages = new DataSettings(turns.toString(), "labelled", OptionalInt.empty(),
                Optional.of(PromptStyle.TEMPLATE), 64, false, OverLength.CUT, "0");
        data = Preparation.prepare(asMessages, 42, folder.resolve("turns"), Labelled.class::equals);
        assertThat(data.train().get(0).asked()).containsExactly(Message.system("s"), Message.user("a"));
        assertThat(data.train().get(1)).isEqualTo(new Labelled(List.of(Message.user("b")), "y",
                new Place(turns.toString(), 2)));
    }

    /** LLaMA-Factory's demonstration files, where they lie beside the golden data. */
    @Test void wholeFilesOfPreferencesAndLabelsAreRead() throws IOException {
        Path root = Golden.at("..").resolve("data");
        int cases = 0;
        for (String name : List.of("dpo_en_demo.json", "dpo_zh_demo.json", "kto_en_demo.json")) {
            Path file = root.resolve(name);
            if (Files.exists(file)) {
                boolean marks = name.startsWith("kto");
                PreparedData data = Preparation.prepare(settings(file, marks ? "kto" : "auto", "0.1"), 42,
                        folder.resolve(name));
                assertThat(data.manifest().counts().rejected()).isZero();
                assertThat(data.train().size() + data.heldOut().size()).isEqualTo(data.manifest().counts().read());
                assertThat(data.kind()).isEqualTo(marks ? Judged.class : Preference.class);
                cases++;
            }
        }
        Assumptions.assumeTrue(cases > 0, "no demonstration files");
    }

    @Test void heldOutRowsMayHaveAFileOfTheirOwn() throws IOException {
        Path file = rows(3, i -> "{\"instruction\":\"p" + i + "\",\"output\":\"c\"}");
        Path held = write("held.csv", "instruction,output\np1,x\nq,\np9,y\n");
        PreparedData data = Preparation.prepare(settings(file, "auto", held.toString()), 42, folder.resolve("run"));
        assertThat(data.train()).extracting(sample -> sample.asked().get(0).content())
                .containsExactly("p0\n\n输出:", "p1\n\n输出:", "p2\n\n输出:");
        assertThat(data.heldOut()).extracting(sample -> sample.answers().get(0)).containsExactly("x", "y");
        assertThat(data.manifest().counts()).isEqualTo(new Manifest.Counts(6, 1, 3, 2, 1));
        assertThat(data.manifest().heldOutSource().orElseThrow().file()).isEqualTo(held.toString());
    }

    @Test void onlyTheFirstRowsAreReadWhenSaidSo() throws IOException {
        Path file = write("rows.json",
                "[{\"prompt\":\"a\",\"completion\":\"1\"},{\"prompt\":\"\",\"completion\":\"2\"},"
                + "{\"prompt\":\"c\",\"completion\":\"3\"},{\"prompt\":\"d");
        var settings = new DataSettings(file.toString(), "auto", OptionalInt.of(3), Optional.empty(), 1024, true,
                OverLength.CUT, "0");
        assertThat(Preparation.prepare(settings, 42, folder.resolve("run")).manifest().counts())
                .isEqualTo(new Manifest.Counts(3, 1, 2, 0, 0));
    }

    @Test void duplicatesAreKeptAndCountedAndSoIsALeak() throws IOException {
        Path file = rows(6, i -> "{\"prompt\":\"p" + i % 2 + "\",\"completion\":\"c" + (i == 5 ? 9 : 0) + "\"}");
        PreparedData data = Preparation.prepare(settings(file, "auto", "1"), 42, folder.resolve("run"));
        assertThat(data.manifest().counts()).isEqualTo(new Manifest.Counts(6, 0, 5, 1, 1));
        assertThat(data.manifest().flags()).isEqualTo(Map.of("duplicate", 3, "conflicting_completion", 3));
    }

    @Test void theReportStandsAloneAndShowsDataOnlyAsText() throws IOException {
        String attack = "<script>alert('x')</script>\\u0007&\\\"";
        Path file = rows(8, i -> "{\"instruction\":\"p" + i + "\",\"output\":\"" + attack + i % 2 + "\",\"<img>\":1}");
        Language.use(Language.CHINESE);
        DataCheck.of(Preparation.prepare(settings(file, "auto", "0.1"), 42, folder.resolve("run")), Optional.empty());
        String report = Files.readString(folder.resolve("run/data/report.html"));
        assertThat(report).contains("数据报告")
                .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\u2407&amp;&quot;0")
                .contains("&lt;img&gt; (8)");
        assertThat(report).doesNotContain("<script").doesNotContain("<img").doesNotContain("http")
                .doesNotContain("src=").doesNotContain("\u0007");
    }

    @Test void aNewerOrDamagedManifestIsRefused() throws IOException {
        Path file = rows(4, i -> "{\"prompt\":\"p" + i + "\",\"completion\":\"c\"}"), data = folder.resolve("run/data"),
                manifest = data.resolve("manifest.json");
        Preparation.prepare(settings(file, "auto", "0.1"), 42, folder.resolve("run"));
        String good = Files.readString(manifest);
        Files.writeString(manifest, good.replace("\"formatVersion\" : 1", "\"formatVersion\" : 3"));
        assertThatThrownBy(() -> PreparedData.open(data)).isInstanceOf(UserError.class)
                .hasMessageContaining("has format version 3 and this Weft reads up to 2");
        for (String bad : new String[] {good.substring(0, 90), "{}", "[]",
                good.replace("\"settings\"", "\"setings\"")}) {
            Files.writeString(manifest, bad);
            assertThatThrownBy(() -> PreparedData.open(data)).isInstanceOf(UserError.class)
                    .hasMessageContaining("manifest.json is damaged");
        }
        Files.delete(manifest);
        assertThatThrownBy(() -> PreparedData.open(data)).isInstanceOf(UserError.class)
                .hasMessageContaining("no data was prepared here");
    }

    @Test void aChangedFileIsNotReadAsIfItWereThePreparedOne() throws IOException {
        Path file = rows(4, i -> "{\"prompt\":\"p" + i + "\",\"completion\":\"c\"}"), data = folder.resolve("run/data");
        PreparedData prepared = Preparation.prepare(settings(file, "auto", "0.1"), 42, folder.resolve("run"));
        Path train = data.resolve("train.jsonl");
        Files.writeString(train, Files.readString(train).replace("p", "q"));
        assertThatThrownBy(prepared::train).isInstanceOf(UserError.class)
                .hasMessageContaining("train.jsonl is not the file that was prepared");
        Files.delete(train);
        assertThatThrownBy(prepared::train).isInstanceOf(UserError.class)
                .hasMessageContaining("train.jsonl: no such file");
    }

    @Test void rowsAreReadBackByNumberInAnyOrder() throws IOException {
        Path file = rows(300, i -> "{\"prompt\":\"p" + i + " 中🙂\",\"completion\":\"c" + i + "\"}");
        try (PreparedRows rows = Preparation.prepare(settings(file, "auto", "0"), 42, folder.resolve("run")).train()) {
            assertThat(rows).hasSize(300);
            for (int number = 299; number >= 0; number -= 13) {
                assertThat(rows.get(number)).isEqualTo(Conversation.of("p" + number + " 中🙂", "c" + number,
                        new Place(file.toString(), number + 1)));
            }
        }
    }

    @Test void everyWrongSettingIsNamedAtOnce() {
        var problems = new Problems("recipe.yaml");
        new DataSettings("", "xml", OptionalInt.of(0), Optional.empty(), 1, true, OverLength.CUT, "1.5")
                .check(problems);
        assertThat(problems.all()).extracting(problem -> problem.split("[ :]")[0])
                .containsExactly("data.train", "data.format", "data.rows", "data.maxLength", "data.heldOut");
        var none = new Problems("recipe.yaml");
        settings(Path.of("x"), "auto", "0.1").check(none);
        assertThat(none.all()).isEmpty();
    }

    @Test void heldOutIsAShareANumberOrAFile() {
        assertThat(HeldOut.of("0.1")).isEqualTo(new HeldOut.Share(0.1));
        assertThat(HeldOut.of("32")).isEqualTo(new HeldOut.Rows(32));
        assertThat(HeldOut.of("1")).isEqualTo(new HeldOut.Rows(1));
        assertThat(HeldOut.of("0.0")).isEqualTo(new HeldOut.Share(0));
        assertThat(HeldOut.of("my/held.jsonl").file()).contains(Path.of("my/held.jsonl"));
        for (String wrong : new String[] {"1.0", "-1", "-0.1", "10%", "", "NaN", "1e9"}) {
            assertThatThrownBy(() -> HeldOut.of(wrong)).isInstanceOf(UserError.class)
                    .hasMessageContaining("'" + wrong + "'; expected a share");
        }
    }

    @Test void goldenDirtyFileIsPreparedWhole() throws IOException {
        Path file = Golden.at("sft/alpaca.json");
        PreparedData data = Preparation.prepare(settings(file, "auto", "0.1"), 42, folder.resolve("run"));
        Map<String, Integer> rejected = new TreeMap<>();
        JsonNode rows = Golden.json("sft/prompts_golden.json").path("rows");
        for (JsonNode row : rows) {   // where the tutorial's code raises, or has nothing to ask or to learn
            for (JsonNode flag : row.path("flags")) {
                boolean none = flag.asText().equals("not_a_string:input");   // null, as Python's tools write no input
                if (row.path("seed_code").has("error") && !none || flag.asText().startsWith("blank:")) {
                    rejected.merge(flag.asText(), 1, Integer::sum);
                }
            }
        }
        assertThat(data.manifest().rejected()).isEqualTo(rejected);
        assertThat(data.manifest().counts().read()).isEqualTo(rows.size());
        assertThat(data.train().size() + data.heldOut().size())
                .isEqualTo(rows.size() - rejected.values().stream().mapToInt(Integer::intValue).sum());
        Golden.ran("sft/alpaca", rows.size());
    }

    private static DataSettings settings(Path train, String format, String heldOut) {
        return new DataSettings(train.toString(), format, OptionalInt.empty(), Optional.empty(), 1024, true,
                OverLength.CUT, heldOut);
    }

    private Path rows(int count, IntFunction<String> row) throws IOException {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(row.apply(i)).append('\n');
        }
        return write("rows.jsonl", text.toString());
    }

    private static List<String> answers(int[] rows) {
        return Arrays.stream(rows).mapToObj(i -> "answer\n" + i).toList();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile).map(p -> folder.relativize(p).toString()).toList();
        }
    }
}
