package io.weft.data.check.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.check.Inspection;
import io.weft.data.check.Level;
import io.weft.data.check.TokenFigures;
import io.weft.data.check.Verdict;
import io.weft.data.check.rule.Checks;
import io.weft.data.mend.Balance;
import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.Preparation;
import io.weft.data.prepare.PreparedData;
import io.weft.file.JsonFile;
import io.weft.problem.Language;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Each check warns where its fault was planted, and says nothing of rows that are in order. */
class DataCheckTest {
    private static final int ROWS = 300;
    @TempDir private Path folder;

    @BeforeEach void english() { Language.use(Language.ENGLISH); }

    @AfterEach void asBefore() { Language.use(Language.ENGLISH); }

    /** Words of a made-up language, different in each row. */
    private static String words(int seed, int count) {
        Random random = new Random(seed);
        return IntStream.range(0, count).mapToObj(i -> random.ints(2 + random.nextInt(6), 'a', 'z' + 1)
                .mapToObj(Character::toString).collect(Collectors.joining())).collect(Collectors.joining(" "));
    }

    private static String row(String instruction, String output) {
        return JsonFile.JSON.createObjectNode().put("instruction", instruction).put("output", output).toString();
    }

    private static String clean(int number) { return row(words(number, 12), words(number + 10_000, 30)); }

    private PreparedData prepared(String name, List<String> rows, String heldOut) throws IOException {
        Path file = folder.resolve(name + ".jsonl");
        Files.write(file, rows);
        var settings = new DataSettings(file.toString(), "auto", DataSettings.DEFAULTS.rows(), Optional.empty(), 1024,
                true, DataSettings.DEFAULTS.overLength(), heldOut);
        return Preparation.prepare(settings, 42, folder.resolve(name), kind -> true);
    }

    private Inspection checked(String name, Stream<String> rows) throws IOException {
        return DataCheck.of(prepared(name, rows.toList(), "0.1"), Optional.empty());
    }

    /** Every tenth row is another one. */
    private static Stream<String> planted(IntFunction<String> fault) {
        return IntStream.range(0, ROWS).mapToObj(i -> i % 10 == 3 ? fault.apply(i) : clean(i));
    }

    private static Verdict verdict(Inspection inspection, String kind) {
        return inspection.verdicts().stream().filter(each -> each.kind().equals(kind)).findFirst().orElseThrow();
    }

    private static List<String> bad(Inspection inspection) {
        return inspection.verdicts().stream().filter(each -> each.level() != Level.PASS).map(Verdict::kind).toList();
    }

    @Test void rowsInOrderGetNoWarning() throws IOException {
        Inspection inspection = checked("clean", IntStream.range(0, ROWS).mapToObj(DataCheckTest::clean));
        assertThat(bad(inspection)).isEmpty();
        assertThat(inspection.level()).isEqualTo(Level.PASS);
        assertThat(inspection.verdicts()).allMatch(verdict -> verdict.remedies().isEmpty());
    }

    @Test void rowsThatRepeatOthersAreFoundWithBothPlacesAndTheLineThatHelps() throws IOException {
        Verdict exact = verdict(checked("exact", planted(i -> clean(i - 1))), "duplicates");
        assertThat(exact.level()).isEqualTo(Level.WARN);
        assertThat(exact.figures()).as("held-out rows as well").containsEntry("rows", 30L);
        assertThat(exact.remedies()).containsExactly("data.mend.dedupe=exact");
        assertThat(exact.examples()).isNotEmpty().allMatch(each -> each.place().line()
                == each.other().orElseThrow().line() + 1);

        Inspection inspection = checked("near", planted(i -> clean(i - 1).replace("\"}", " too\"}")));
        assertThat(verdict(inspection, "duplicates").level()).isEqualTo(Level.PASS);
        Verdict near = verdict(inspection, "nearDuplicates");
        assertThat(near.level()).isEqualTo(Level.WARN);
        assertThat(near.examples()).isNotEmpty().allMatch(each -> each.similarity().orElseThrow() >= 0.8);
    }

    @Test void heldOutRowsThatAreTrainedOnFailByPromptAndByNearness() throws IOException {
        Inspection inspection = checked("overlap", IntStream.range(0, ROWS).mapToObj(i -> clean(i / 2)));
        Verdict overlap = verdict(inspection, "overlap");
        assertThat(overlap.level()).isEqualTo(Level.FAIL);
        assertThat((int) overlap.figures().get("samePrompt")).isGreaterThan(20);
        assertThat(overlap.examples()).isNotEmpty().allMatch(each -> each.other().isPresent());
    }

    @Test void contradictionsOfLabelsWarnSoonerThanThoseOfFreeAnswers() throws IOException {
        Inspection free = checked("free", planted(i -> row(words(i - 1, 12), words(i, 30))));
        assertThat(verdict(free, "contradictions").level()).isEqualTo(Level.WARN);
        Stream<String> labelled = IntStream.range(0, ROWS).mapToObj(i -> i == 4
                ? row(words(3, 12), "negative") : row(words(i, 12), i % 2 == 0 || i == 3 ? "positive" : "negative"));
        Verdict labels = verdict(checked("labels", labelled), "contradictions");
        assertThat(labels.level()).isEqualTo(Level.WARN);
        assertThat(labels.examples()).hasSize(1);
        assertThat(labels.figures()).containsEntry("strict", true);
    }

    @Test void rowsThatContradictHeldOutOnesAreFoundWhereverTheSplitPutsThem() throws IOException {
        for (String heldOut : List.of("0", "1", "2", "4")) {
            PreparedData data = prepared("split" + heldOut, List.of(row("Judge: bad service", "negative"),
                    row("Judge: great film", "positive"), row("Judge: great film", "positive"),
                    row("Judge: bad service", "positive"), row("Judge: slow", "negative"),
                    row("Judge: a waste", "negative")), heldOut);
            Inspection inspection = DataCheck.of(data, Optional.empty());
            assertThat(verdict(inspection, "contradictions").figures()).containsEntry("rows", 2L);
            assertThat(verdict(inspection, "duplicates").figures()).containsEntry("rows", 1L);
        }
    }

    @Test void rowsThatAStepRepeatsOnPurposeAreNoDuplicates() throws IOException {
        Path file = folder.resolve("balance.jsonl");
        Files.write(file, IntStream.range(0, ROWS).mapToObj(i -> row(words(i, 12), i % 10 == 0 ? "negative"
                : "positive")).toList());
        DataSettings settings = DataSettings.DEFAULTS.withTrain(file.toString()).withMend(List.of(new Balance()));
        Inspection inspection = DataCheck.of(Preparation.prepare(settings, 42, folder.resolve("balance"),
                kind -> true), Optional.empty());
        assertThat(inspection.data().train()).isGreaterThan(400);
        assertThat(verdict(inspection, "duplicates").figures()).containsEntry("rows", 0L);
        assertThat(verdict(inspection, "nearDuplicates").figures()).containsEntry("rows", 0L);
    }

    @Test void aSeldomLabelWarnsAndASingleOneFails() throws IOException {
        Verdict seldom = verdict(checked("seldom", IntStream.range(0, ROWS).mapToObj(i -> row(words(i, 12),
                i % 10 == 0 ? "negative" : "positive"))), "labelBalance");
        assertThat(seldom.level()).isEqualTo(Level.WARN);
        assertThat(seldom.said()).hasToString("2 labels, from \"positive\" (270 rows) to \"negative\" (30 rows)");
        assertThat(verdict(checked("single", IntStream.range(0, ROWS).mapToObj(i -> row(words(i, 12), "positive"))),
                "labelBalance").level()).isEqualTo(Level.FAIL);
        assertThat(verdict(checked("even", IntStream.range(0, ROWS).mapToObj(i -> row(words(i, 12),
                i % 3 == 0 ? "negative" : "positive"))), "labelBalance").level()).isEqualTo(Level.PASS);
    }

    @Test void answersThatSayNothingOrTheirPromptAreFound() throws IOException {
        List<String> nothing = List.of("N/A", "...", "none", "无", "TODO", "略。");
        Verdict trivial = verdict(checked("trivial", planted(i -> row(words(i, 12), nothing.get(i % 6)))),
                "trivialAnswers");
        assertThat(trivial.level()).isEqualTo(Level.FAIL);
        assertThat(trivial.figures()).containsEntry("rows", 30L);
        assertThat(verdict(checked("echo", planted(i -> row(words(i, 12), words(i, 12) + ": " + words(i + 1, 9)))),
                "repeatedPrompts").figures()).containsEntry("rows", 30L);
        assertThat(bad(checked("signs", planted(i -> row(words(i, 12), i % 20 == 3 ? "👍" : "x = 2" + i)))))
                .doesNotContain("trivialAnswers");
    }

    @Test void oddCharactersAreNamedByTheirKindAndOrdinaryOnesAreNot() throws IOException {
        List<String> odd = List.of("bell\u0007 rings", "zero\u200bwidth", "lost \ufffd letter", "donâ€™t go",
                "FranÃ§oise said", "tea &amp; cake<br>now", "锟斤拷 again", "\ue123 private");
        Inspection inspection = checked("odd", planted(i -> row(words(i, 12), odd.get(i / 10 % 8) + words(i, 20))));
        Verdict found = verdict(inspection, "oddCharacters");
        assertThat(found.level()).isEqualTo(Level.WARN);
        assertThat(found.figures()).containsEntry("rows", 30L).containsEntry("control", 4)
                .containsEntry("invisible", 4).containsEntry("replacement", 4).containsEntry("mojibake", 11)
                .containsEntry("html", 4).containsEntry("privateUse", 3);
        assertThat(found.remedies()).contains("data.mend.clean.control=true", "data.mend.clean.mojibake=true",
                "data.mend.clean.html=true");
        List<String> ordinary = List.of("café « très » bien…", "Spaß” sagte er, ß", "naïve Ångström 10 °C",
                "“quotes” – and—dashes…", "a < b && c > d", "write <b>bold</b> in HTML", "天气很好,出去玩吧!\t好",
                "😀👨‍👩‍👧 emoji", "日本語のテキスト", "São Paulo Ã");
        assertThat(bad(checked("ordinary", planted(i -> row(words(i, 12), ordinary.get(i / 10 % 10) + " "
                + words(i, 20)))))).doesNotContain("oddCharacters");
    }

    @Test void personalDataIsCountedByKindAndNeverShown() throws IOException {
        List<String> personal = List.of("call 13812345678", "mail jo.doe@example.org", "card 4539 1488 0343 6467");
        Inspection inspection = checked("personal", planted(i -> row(words(i, 12), personal.get(i / 10 % 3) + " "
                + words(i, 20))));
        Verdict found = verdict(inspection, "personalData");
        assertThat(found.level()).isEqualTo(Level.FAIL);
        assertThat(found.figures()).containsEntry("rows", 30L).containsEntry("phone", 10).containsEntry("email", 10)
                .containsEntry("bankCard", 10).containsEntry("key", 0);
        assertThat(found.remedies()).containsExactly("data.mend.mask=email,bankCard,phone");
        assertThat(found.examples()).isNotEmpty().allSatisfy(example ->
                assertThat(example.found()).containsPattern("<(phone|email|bankCard)>")
                .doesNotContain("12345678", "jo.doe",
                "4539"));
        assertThat(bad(checked("numbers", planted(i -> row(words(i, 12), "order 1381234567" + i % 10 + " v1.2.3.4 "
                + words(i, 20)))))).doesNotContain("personalData");
    }

    @Test void fewRowsAreToldAndLongOnesAndRejectedOnes() throws IOException {
        assertThat(bad(checked("few", IntStream.range(0, 12).mapToObj(DataCheckTest::clean)))).contains("amount",
                "heldOut");
        assertThat(bad(checked("long", planted(i -> row(words(i, 12), words(i + 1, 2_000))))))
                .containsExactly("length");
        assertThat(bad(checked("longest", planted(i -> i < 50 ? row(words(i, 12), words(i + 1, 4_000)) : clean(i)))))
                .containsExactly("lengthBalance");
        Verdict rejected = verdict(checked("rejected", planted(i -> "{\"instruction\":\"only\"}")), "rejected");
        assertThat(rejected.level()).isEqualTo(Level.WARN);
        assertThat(rejected.examples()).isNotEmpty().allMatch(each -> each.found().startsWith("missing:output"));
    }

    @Test void aModelAddsWhatItsTokensSay() throws IOException {
        PreparedData data = prepared("tokens", IntStream.range(0, ROWS).mapToObj(DataCheckTest::clean).toList(),
                "0.1");
        int[] lengths = IntStream.rangeClosed(0, 100).map(i -> 10 * i).toArray();
        var counts = new TokenFigures.Counts(40, 0, 0, 3, 0, 7, 30);
        var figures = new TokenFigures(2048, 512, ROWS, 10_000, 12_000, lengths, List.of(), counts, List.of());
        Inspection inspection = DataCheck.of(data, Optional.of(figures));
        assertThat(bad(inspection)).containsExactly("truncation", "nothingLearned", "borderTokens", "tokenLengths");
        assertThat(verdict(inspection, "truncation").remedies()).containsExactly("data.maxLength=1024");
        assertThat(bad(DataCheck.of(data, Optional.empty()))).isEmpty();
    }

    @Test void theReportForScriptsHoldsFiguresAndNoSentencesInAnyLanguage() throws IOException {
        Inspection inspection = checked("json", planted(i -> clean(i - 1)));
        String english = Files.readString(folder.resolve("json/data/report.json"));
        JsonNode report = JsonFile.JSON.readTree(english);
        assertThat(report.path("formatVersion").asInt()).isEqualTo(1);
        assertThat(report.path("level").asText()).isEqualTo(inspection.level().word());
        assertThat(report.path("verdicts")).hasSize(inspection.verdicts().size());
        assertThat(report.at("/rows/train").asInt()).isEqualTo(270);
        Language.use(Language.CHINESE);
        DataCheck.of(PreparedData.open(folder.resolve("json/data")), Optional.empty());
        assertThat(folder.resolve("json/data/report.json")).hasContent(english);
    }

    @Test void thePageStandsAloneInBothLanguagesAndShowsDataOnlyAsText() throws IOException {
        String attack = "<script>alert('x')</script>\u0007&\"";
        Stream<String> rows = planted(i -> row(attack + i, attack + i % 20));
        Language.use(Language.CHINESE);
        checked("page", rows);
        String page = Files.readString(folder.resolve("page/data/report.html"));
        assertThat(page).contains("数据报告", "值得一看", "异常字符", "<svg", "prefers-color-scheme:dark",
                "&lt;script&gt;").doesNotContain("<script").doesNotContain("http").doesNotContain("src=")
                .doesNotContain("onclick").doesNotContain("\u0007");
        Language.use(Language.ENGLISH);
        DataCheck.of(PreparedData.open(folder.resolve("page/data")), Optional.empty());
        assertThat(Files.readString(folder.resolve("page/data/report.html"))).contains("Worth a look",
                "Odd characters");
    }

    @Test void theSameReportWithOneThreadOrMany() throws Exception {
        List<String> rows = new ArrayList<>(planted(i -> clean(i - 1).replace("\"}", " too\"}")).toList());
        PreparedData data = prepared("threads", rows, "0.1");
        String one = new ForkJoinPool(1).submit(() -> report(data)).get();
        assertThat(new ForkJoinPool(4).submit(() -> report(data)).get()).isEqualTo(one);
    }

    private String report(PreparedData data) throws IOException {
        DataCheck.of(data, Optional.empty());
        return Files.readString(data.folder().resolve("report.json"))
                + Files.readString(data.folder().resolve("report.html"));
    }

    @Test void everyCheckSaysWhenItWarnsAndWhy() {
        assertThat(Checks.all()).allSatisfy(check -> {
            assertThat(check.reason().in(Language.ENGLISH)).hasSizeGreaterThan(40).doesNotContain("%%");
            assertThat(check.title().in(Language.CHINESE)).isNotEqualTo(check.title().in(Language.ENGLISH));
            assertThat(Checks.find(check.name())).containsSame(check);
        });
    }
}
