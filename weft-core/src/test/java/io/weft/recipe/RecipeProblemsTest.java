package io.weft.recipe;

import io.weft.data.format.RowFormats;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.train.TrainSettings;
import io.weft.tune.Lora;
import io.weft.tune.Tunings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class RecipeProblemsTest {
    private static final String METHODS = String.join(", ", Tunings.TABLE.names());
    private static final String GOOD = "model: m\ndata: {train: t}\n";
    @TempDir Path folder;

    @Test void allProblemsAreToldAtOnceInTheOrderOfTheLines() {
        String recipe = """
                data:
                  train: t.jsonl
                  maxLength: 0
                  format: alpacca
                tuning:
                  lora: {rnak: 8, dropout: 1,
                    targets: []}
                train:
                  epochs: 0
                  batch: four
                  batch: 2
                  learning_rate: 1e-4
                  schedule: [linear]
                  precision: fp61
                lora: 3
                """;
        assertThat(told(() -> Recipe.parse(recipe))).isEqualTo("""
                recipe has 13 problems
                  line 3  data.maxLength: expected a whole number from 2 to 1048576, found 0
                  line 4  data.format: expected one of auto, FORMATS, found alpacca; did you mean alpaca?
                  line 6  tuning.lora.rnak: no such setting; did you mean rank?
                  line 6  tuning.lora.dropout: expected a number from 0 to below 1, found 1
                  line 7  tuning.lora.targets: expected names of linear layers, all-linear, \
                or one regular expression, found []
                  line 9  train.epochs: expected a number above 0 and up to 1000000, found 0
                  line 10  train.batch: expected a whole number from 1 to 65536, found four
                  line 11  train.batch: given twice, first in line 10; keep one
                  line 12  train.learning_rate: no such setting; did you mean learningRate?
                  line 13  train.schedule: expected one of linear, cosine, constant, found [linear]
                  line 14  train.precision: expected one of auto, fp32, bf16, fp16, found fp61; did you mean fp16?
                  line 15  lora: no such setting; did you mean tuning.lora?
                  model: is missing; expected the folder of a model"""
                .replace("FORMATS", String.join(", ", RowFormats.names())));
    }

    @Test void chineseUsersReadTheSameInChinese() {
        assertThat(told(Language.CHINESE, () -> Recipe.parse("data: {train: t}\ntuning: {lora: {rnak: "
                + "8}}\ntrain: {schedule: liner}\n"))).isEqualTo("""
                recipe 有 3 个问题
                  第 2 行  tuning.lora.rnak: 没有这个设置;是不是 rank?
                  第 3 行  train.schedule: 应为:linear、cosine、constant 之一;实际为:liner;是不是 linear?
                  model: 缺失;应为:一个模型的文件夹""");
        assertThat(told(Language.CHINESE, () -> RecipeReader.read(Optional.empty(),
                List.of("tuning.lora.rank=0", "model=m", "data.train=t"), List.of())))
                .isEqualTo("配方 有 1 个问题\n  命令行  tuning.lora.rank: 应为:从 1 到 65536 的整数;实际为:0");
    }

    @Test void theCommandLineIsNamedAsThePlace() throws IOException {
        Path file = Files.writeString(folder.resolve("recipe.yaml"), GOOD + "train: {batch: 0}\n");
        List<String> overrides = List.of("tuning.lora.rnak=4", "train.seed=-1", "nonsense", "train.=3", "train.steps=1",
                "train.steps=2", "train=5");
        assertThat(told(() -> RecipeReader.read(Optional.of(file), overrides, List.of())))
                .isEqualTo(String.join("\n  ", file + " has 7 problems",
                        "line 3  train.batch: expected a whole number from 1 to 65536, found 0",
                        "command line  nonsense: expected a setting as key=value, such as train.epochs=1",
                        "command line  train.=3: expected a setting as key=value, such as train.epochs=1",
                        "command line  train.steps: given twice; keep one",
                        "command line  train: given twice; keep one",
                        "command line  tuning.lora.rnak: no such setting; did you mean rank?",
                        "command line  train.seed: expected a whole number from 0 to 4294967295, found -1"));
    }

    @Test void everyBoundIsHeldOnBothSides() {
        check("tuning: {lora: {rank: %s}}", List.of("1", "65536"),
                List.of("0", "-1", "65537", "99999999999999999999", "1.0", "1e2", "010", "0x10", "1_000", "true", "''",
                "null"));
        check("tuning: {lora: {alpha: %s}}", List.of("1", "0.5"),
                List.of("0", "-1", "NaN", ".nan", ".inf", "1e999", "eight", "'1,5'", "null"));
        check("tuning: {lora: {dropout: %s}}", List.of("0", "0.999"), List.of("1", "1.5", "-0.1", "10%"));
        check("tuning: {lora: {targets: %s}}", List.of("q_proj", "[a, b]", "all-linear", "'a, b'"),
                List.of("[]", "[a, '']", "[a, ~]", "{a: b}", "[[a]]", "'a,,b'", "''"));
        check("train: {epochs: %s}", List.of("0.01", "3"), List.of("0", "-1", "three"));
        check("train: {steps: %s}", List.of("1", "null", ""), List.of("0", "1.5"));
        check("train: {batch: %s}", List.of("1"), List.of("0"));
        check("train: {accumulate: %s}", List.of("1"), List.of("0"));
        check("train: {learningRate: %s}", List.of("1e-9", "10"), List.of("0", "-1e-4", "11"));
        check("train: {warmupSteps: %s}", List.of("0", "100"), List.of("-1"));
        check("train: {weightDecay: %s}", List.of("0", "0.1"), List.of("-0.1", "11"));
        check("train: {clipNorm: %s}", List.of("0", "1"), List.of("-1"));
        check("train: {keepCheckpoints: %s}", List.of("1"), List.of("0"));
        check("train: {patience: %s}", List.of("0", "3"), List.of("-1"));
        check("train: {logEvery: %s}", List.of("1"), List.of("0"));
        check("train: {evalEvery: %s}", List.of("1"), List.of("0"));
        check("train: {saveEvery: %s}", List.of("1"), List.of("0", "1000000001"));
        check("train: {seed: %s}", List.of("0", "4294967295"), List.of("-1", "4294967296", "4.2"));
        check("train: {objective: %s}", List.of("sft", "pretrain"), List.of("ppo", "SFT", "[sft]", "null"));
        check("train: {schedule: %s}", List.of("linear", "cosine", "constant"), List.of("step"));
        check("train: {average: %s}", List.of("tokens", "microBatches"), List.of("rows"));
        check("train: {device: %s}", List.of("auto", "cpu", "cuda", "'cuda:0'", "'cuda:15'"),
                List.of("gpu", "CPU", "'cuda:'", "cuda0", "'cuda:-1'", "meta", "[cpu]"));
        check("train: {precision: %s}", List.of("auto", "fp32", "bf16", "fp16"), List.of("int8"));
    }

    @Test void theBoundsOfTheDataAreHeld() {
        checkData("maxLength: %s", List.of("2", "1048576"), List.of("1", "1048577"));
        checkData("rows: %s", List.of("1", "null"), List.of("0"));
        checkData("pack: %s", List.of("true", "False"), List.of("yes", "on", "1", "null"));
        checkData("heldOut: %s", List.of("0", "0.1", "1e-1", "1", "32", "held.jsonl", "0.1.jsonl"),
                List.of("1.5", "1.0", "-0.1", "-3", "10%", "9999999999", "''", "[a]"));
        checkData("prompt: %s", List.of("auto", "tutorial", "template", "plain"), List.of("chat"));
        checkData("format: %s", RowFormats.names(), List.of("parrot", "null"));
        checkData("overLength: %s", List.of("cut", "cutEnd", "drop", "refuse"), List.of("truncate"));
    }

    @Test void aGroupMayNotBeAValueNorAValueAGroup() {
        assertThat(told(() -> Recipe.parse("model: {a: 1}\ndata: t.jsonl\ntuning: [lora]\ntrain: 5\n"))).isEqualTo("""
                recipe has 6 problems
                  line 1  model.a: no such setting; did you mean model?
                  line 2  data: expected settings as 'key: value', found t.jsonl
                  line 2  data.train: is missing; expected a file of rows, or a list of files
                  line 3  tuning: expected one of %s with its settings, found [lora]
                  line 4  train: expected settings as 'key: value', found 5
                  model: is missing; expected the folder of a model""".formatted(METHODS));
    }

    @Test void everyMistakeInSeveralStepsIsToldAtOnce() {
        assertThat(told(() -> Recipe.parse(GOOD).with("data.mend.dedupe.similarity=2", "data.mend.dedupe.how=most",
                "data.mend.polish=true"))).contains("dedupe.similarity: expected a number from 0.5 to 1, found 2",
                "dedupe.how: expected", "there is no polish");
    }

    @Test void aModelIsTunedInOneWay() {
        assertThat(told(() -> Recipe.parse(GOOD + "tuning: {lora: {}, full: {}}\n")))
                .contains("line 3  tuning: has lora and full; a model is tuned in one way, so keep one");
        assertThat(told(() -> Recipe.parse(GOOD + "tuning: {lroa: {rank: 1}}\n")))
                .contains("line 3  tuning.lroa: no such setting; did you mean lora?");
        assertThat(told(() -> Recipe.parse(GOOD + "tuning: fulll\n")))
                .contains("line 3  tuning: expected one of " + METHODS + " with its settings, found fulll; did you "
                + "mean full?");
        assertThat(told(() -> Recipe.parse(GOOD + "tuning: {full: {rank: 1}}\n")))
                .contains("line 3  tuning.full.rank: no such setting; did you mean tuning.lora.rank?");
        assertThat(told(() -> Recipe.parse(GOOD + "tuning: {full: false}\n")))
                .contains("line 3  tuning.full: expected settings as 'key: value', found false");
        assertThat(told(() -> Recipe.parse(GOOD + "tuning: {lora: {}}\ntrain: {objective: pretrain}\n")))
                .contains("line 3  tuning.lora: pretrain trains every weight; leave tuning.lora out");
    }

    @Test void stoppingEarlyNeedsHeldOutRows() {
        assertThat(told(() -> Recipe.parse("model: m\ndata: {train: t, heldOut: 0}\ntrain:\n  patience: 3\n")))
                .contains("line 4  train.patience: stopping early needs held-out rows");
    }

    @Test void anUnknownKeyIsAnsweredByTheNearestOneOrByAllThereAre() {
        assertThat(told(() -> Recipe.parse(GOOD + "mystery: 1\n")))
                .contains("line 3  mystery: no such setting; a recipe has version, model, model.quantise, preset, "
                + "data, tuning, train, stages");
        assertThat(told(() -> Recipe.parse(GOOD + "rank: 3\n")))
                .contains("rank: no such setting; did you mean tuning.lora.rank?");
        assertThat(told(() -> Recipe.parse(GOOD + "train: {Batch: 3}\n")))
                .contains("train.Batch: no such setting; did you mean batch?");
        assertThat(told(() -> Recipe.parse(GOOD + "train: {maxLength: 3}\n")))
                .contains("train.maxLength: no such setting; did you mean data.maxLength?");
        assertThat(told(() -> Recipe.parse(GOOD + "tuning: {full: {zzz: 3}}\n")))
                .contains("tuning.full.zzz: no such setting; tuning.full has none");
    }

    @Test void aNewerFormatIsRefusedBeforeAnythingElse() {
        assertThat(told(() -> Recipe.parse("version: 2\nnews: 1\n")))
                .isEqualTo("recipe has 1 problem\n  line 1  version: this recipe has format 2, written by a newer "
                + "Weft; this one knows 1. Update Weft");
        assertThat(Recipe.parse("version: 1\n" + GOOD)).isEqualTo(Recipe.parse(GOOD));
        assertThat(told(() -> Recipe.parse("version: one\n" + GOOD)))
                .contains("line 1  version: expected 1, found one");
    }

    @Test void whatIsNotARecipeIsRefusedWithItsLine() {
        assertThat(told(() -> Recipe.parse("model: m\ndata: {train: t\ntrain: {}\n")))
                .contains("recipe has 1 problem\n  line 3  not valid YAML: ");
        assertThat(told(() -> Recipe.parse("model: m\n\tdata: 1\n"))).contains("line 2  not valid YAML: ");
        assertThat(told(() -> Recipe.parse(""))).contains("the recipe is empty; 'weft init' writes one");
        assertThat(told(() -> Recipe.parse("# only a comment\n"))).contains("the recipe is empty");
        assertThat(told(() -> Recipe.parse("- a\n- b\n")))
                .contains("line 1  expected settings as 'key: value', found [a, b]");
        assertThat(told(() -> Recipe.parse(GOOD + "---\n" + GOOD))).contains("a second YAML document begins");
    }

    @Test void aliasesAndDeepNestingAreRefused() {
        assertThat(told(() -> Recipe.parse("model: &here m\ndata: {train: *here}\n")))
                .contains("line 2  *here: aliases are not used in recipes");
        assertThat(told(() -> Recipe.parse(GOOD + "train: " + "[".repeat(5000) + "]".repeat(5000) + "\n")))
                .contains("line 3  nested more than 16 deep");
        String laughs = "a0: &a0 [x, x]\n" + IntStream.range(1, 25)
                .mapToObj(i -> "a%2$d: &a%2$d [*a%1$d, *a%1$d]\n".formatted(i - 1, i)).collect(Collectors.joining());
        assertThat(told(() -> Recipe.parse(laughs))).contains("aliases are not used");
    }

    @Test void filesThatCannotBeReadAreNamed() throws IOException {
        assertThat(told(() -> Recipe.read(folder.resolve("none.yaml"))))
                .contains("none.yaml: no such file; 'weft init' writes");
        assertThat(told(() -> Recipe.read(folder))).contains("is a folder; expected a recipe file");
        Path latin = Files.write(folder.resolve("latin.yaml"),
                "model: caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(told(() -> Recipe.read(latin))).contains("latin.yaml is not UTF-8; save it as UTF-8 text");
        Path large = Files.writeString(folder.resolve("large.yaml"), "#".repeat((1 << 20) + 1));
        assertThat(told(() -> Recipe.read(large))).contains("has 1048577 bytes; a recipe has at most 1048576");
    }

    @Test void controlCharactersNeverReachTheTerminal() {
        assertThat(told(() -> Recipe.parse(GOOD + "train: {schedule: \"\\e[31mred\", \"\\e[2Jkey\": 1}\n")))
                .doesNotContain("\u001b").contains("found �[31mred").contains("train.�[2Jkey");
        assertThat(told(() -> Recipe.parse(GOOD + "train: {schedule: " + "x".repeat(500) + "}\n")))
                .contains("found " + "x".repeat(60) + "…");
    }

    @Test void aCheckOfTheModelIsToldTogetherWithTheRest() {
        RecipeCheck check = (recipe, findings) -> {
            findings.add("tuning.lora.targets", ((Lora) recipe.tuning()).targets() + " match nothing");
            findings.add("train.batch", "too large for this machine");
        };
        assertThat(told(() ->
                RecipeReader.read(Optional.of(file(GOOD
                + "tuning:\n  lora:\n    targets: [q_projj]\ntrain: {batch: 0}\n")), List.of(), List.of(), check)))
                .endsWith("has 2 problems\n  line 5  tuning.lora.targets: [q_projj] match nothing\n  line 6  "
                + "train.batch: expected a whole number from 1 to 65536, found 0");
        assertThat(told(() -> RecipeReader.read(Optional.of(file(GOOD)), List.of(), List.of(), check)))
                .endsWith("has 2 problems\n  tuning.lora.targets: [all-linear] match nothing\n"
                + "  train.batch: too large for this machine");
    }

    @Test void aRecipeMadeInJavaIsCheckedToo() {
        Recipe bad = Recipe.of("m", "t").withTuning(new Lora(0, 1, 2, List.of()));
        assertThat(told(bad::with)).isEqualTo("""
                the recipe has 3 problems
                  tuning.lora.rank: expected a whole number from 1 to 65536, found 0
                  tuning.lora.dropout: expected a number from 0 to below 1, found 2
                  tuning.lora.targets: expected names of linear layers, all-linear, \
                or one regular expression, found []""");
        assertThat(Recipe.of("m", "t").withTrain(TrainSettings.DEFAULTS).with()).isEqualTo(Recipe.of("m", "t"));
    }

    private Path file(String text) {
        try {
            return Files.writeString(folder.resolve("recipe.yaml"), text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void check(String pattern, List<String> good, List<String> bad) {
        good.forEach(value -> assertThat(Recipe.parse(GOOD + pattern.formatted(value))).as(pattern.formatted(value))
                .isNotNull());
        String key = pattern.replaceAll("(\\w+): \\{(?:lora: \\{)?(\\w+).*", "$2");
        bad.forEach(value -> assertThat(told(() -> Recipe.parse(GOOD + pattern.formatted(value))))
                .as(pattern.formatted(value))
                .startsWith("recipe has 1 problem\n  line 3  ").contains("." + key + ": expected "));
    }

    private static void checkData(String pattern, List<String> good, List<String> bad) {
        String key = pattern.substring(0, pattern.indexOf(':'));
        String recipe = "model: m\ndata:\n  train: t\n  " + pattern;
        good.forEach(value -> assertThat(Recipe.parse(recipe.formatted(value))).as(recipe.formatted(value))
                .isNotNull());
        bad.forEach(value -> assertThat(told(() -> Recipe.parse(recipe.formatted(value)))).as(recipe.formatted(value))
                .startsWith("recipe has 1 problem\n  line 4  data." + key + ": expected "));
    }

    private static String told(Runnable work) { return told(Language.ENGLISH, work); }

    private static String told(Language language, Runnable work) {
        return Spoken.in(language, () -> catchThrowableOfType(UserError.class, work::run)).getMessage();
    }
}
