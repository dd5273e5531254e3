package io.weft.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.weft.data.OverLength;
import io.weft.data.PromptStyle;
import io.weft.data.mend.Clean;
import io.weft.data.mend.Replacement;
import io.weft.data.mend.UnicodeForm;
import io.weft.data.mend.Width;
import io.weft.data.prepare.DataSettings;
import io.weft.model.folder.FrozenWeights;
import io.weft.objective.Recompute;
import io.weft.objective.Sft;
import io.weft.problem.Language;
import io.weft.run.Cadence;
import io.weft.settings.Setting;
import io.weft.train.Average;
import io.weft.train.Batching;
import io.weft.train.ComputeSettings;
import io.weft.train.OptimizerSettings;
import io.weft.train.Precision;
import io.weft.train.Schedule;
import io.weft.train.TrainSettings;
import io.weft.tune.Tuning;
import io.weft.tune.Tunings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class RecipeTextsTest {
    @TempDir Path folder;

    @Test void whatIsWrittenIsReadBackEqual() {
        var data = new DataSettings("dir with space/a: b#c.jsonl", "messages", OptionalInt.of(17),
                Optional.of(PromptStyle.PLAIN), 333, false, OverLength.CUT_END, "held out.jsonl");
        var train = new TrainSettings(new Sft(), new Batching(1.0 / 3, OptionalInt.of(9), 1, 2),
                new OptimizerSettings(OptionalDouble.of(1.2345678901234567e-7), OptionalInt.of(0),
                Schedule.Shape.COSINE, 0, 1e5 / 3), new Cadence(1, 2, 3, 4, 5), Average.MICRO_BATCHES,
                new ComputeSettings("cuda:3", Precision.BF16, FrozenWeights.MAPPED, Recompute.ALWAYS,
                OptionalInt.empty(), OptionalInt.of(2)), 7);
        var all = List.of(Recipe.of("m", "t"),
                Recipe.of("m", "t").withData(data).withTrain(train),
                Recipe.of("m", "t").withData(data.withSplit(data.split().withGroupBy("doc id").withStratifyBy("label"))
                .withMend(List.of(new Clean(false, true, true, true, Width.HALF,
                UnicodeForm.NFKC, List.of(new Replacement("\\s+$", ""), new Replacement("a: \"b\"|,", "$0")))))));
        for (Recipe recipe : all) {
            for (Tuning method : Tunings.all()) {
                Recipe tuned = recipe.withTuning(method);
                assertThat(Recipe.parse(RecipeWriter.text(tuned))).isEqualTo(tuned);
            }
        }
    }

    @Test void everyTextIsReadBackAsItWas() {
        for (String text : List.of("plain", "2024", "1_000", "0x1F", "010", "1e3", "1.50", "null", "NULL", "~", "true",
                "No", "off", "1:30", "2024-01-01", "<<", "=", "-", "- a",
                "*x", "&x", "!x", "a: b", "a #b", "#a", "'q'", "\"q\"", "a\"b", "C:\\models\\new", "a\nb", "a\tb",
                " lead", "trail ", "{a}", "[a]", "a,b", "%x", "@x", "`x",
                "|", ">", "?", ":", "模型 一", "🙂", "a\u0000b", "a\u0085b", "a\u2028b", "a\u00a0b", "\uFEFFx", "\u001b[0m",
                "é", "e\u0301", "---", "...", "file...", "./x", "~/x")) {
            Recipe recipe = Recipe.of(text, text + ".jsonl");
            assertThat(Recipe.parse(RecipeWriter.text(recipe))).as(text).isEqualTo(recipe);
        }
    }

    @Test void theResolvedRecipeHasEverySettingInOrder() {
        assertThat(RecipeWriter.text(Recipe.of("models/m", "rows.jsonl").with("train.learningRate=2e-4"))).isEqualTo("""
                version: 1
                model: models/m
                preset: null
                data:
                  train: rows.jsonl
                  format: auto
                  rows: null
                  prompt: auto
                  maxLength: 1024
                  pack: true
                  overLength: cut
                  heldOut: 0.1
                  groupBy: null
                  stratifyBy: null
                  mend: {}
                  border: exact
                  thinking: auto
                  clock: null
                tuning:
                  lora:
                    rank: 8
                    alpha: 32
                    dropout: 0.1
                    targets: [all-linear]
                    exclude: []
                    layers: []
                    rankPattern: {}
                    alphaPattern: {}
                    rslora: false
                    dora: false
                    init: kaiming
                    plusRatio: 1
                    modulesToSave: []
                    bias: none
                train:
                  objective: sft
                  epochs: 3
                  steps: null
                  batch: 4
                  accumulate: 4
                  learningRate: 2.0e-4
                  warmupSteps: null
                  schedule: linear
                  weightDecay: 0.01
                  clipNorm: 1
                  logEvery: 10
                  evalEvery: 50
                  saveEvery: 100
                  keepCheckpoints: 3
                  patience: 0
                  average: tokens
                  device: auto
                  precision: auto
                  frozenWeights: auto
                  recompute: auto
                  tokensAtOnce: null
                  threads: null
                  seed: 42
                """);
    }

    @Test void aFileIsWrittenWholeAndReplaced() throws IOException {
        Path file = folder.resolve("recipe.yaml");
        RecipeWriter.write(Recipe.of("a", "t"), file);
        RecipeWriter.write(Recipe.of("b", "t"), file);
        assertThat(Recipe.read(file)).isEqualTo(Recipe.of("b", "t"));
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test void theTemplateIsTheDefaultsInBothLanguages() {
        for (Language language : Language.values()) {
            String template = Spoken.in(language, () -> RecipeTemplate.text("m", "t"));
            assertThat(template).startsWith("# yaml-language-server: $schema=weft.schema.json\n");
            assertThat(Recipe.parse(template)).isEqualTo(Recipe.of("m", "t"));
            assertThat(template).contains(Settings.TRAIN.setting("patience").orElseThrow().about().in(language));
            for (String path : Settings.paths()) {
                String key = path.substring(path.lastIndexOf('.') + 1);
                assertThat(template).as(path).containsPattern("(\n *(# *)*|[:(|] )" + key + "[: )]");
            }
        }
        String chinese = Spoken.in(Language.CHINESE, () -> RecipeTemplate.text());
        assertThat(chinese).isNotEqualTo(Spoken.in(Language.ENGLISH, () -> RecipeTemplate.text()));
    }

    @Test void theTemplatesExamplesCanBeUncommented() {
        String optional = Stream.of(Settings.DATA, Settings.TRAIN).flatMap(section -> section.settings().stream())
                .filter(Setting::isOptional).map(Setting::name).collect(Collectors.joining("|"));
        String template = Spoken.in(Language.ENGLISH, () -> RecipeTemplate.text())
                .replaceAll("(?m)^( +)# (" + optional + "):", "$1$2:");
        Recipe recipe = Recipe.parse(template);
        assertThat(recipe.data().rows()).hasValue(1000);
        assertThat(recipe.train().optimizer().learningRate()).hasValue(2e-4);
        assertThat(recipe.train().batching().steps()).isPresent();
    }

    @Test void everyWayOfTuningCanBePutInPlaceOfTheUsualOne() {
        String template = Spoken.in(Language.ENGLISH, () -> RecipeTemplate.text("m", "t"));
        Matcher tuning = Pattern.compile("(?s)\ntuning:[^\n]*\n(.*?)\n\n").matcher(template);
        assertThat(tuning.find()).isTrue();
        String all = tuning.group(1).replaceAll("(?m)^  # ", "  ");
        for (Tuning method : Tunings.all()) {
            Matcher block = Pattern.compile("(?m)^  " + method.name() + ":.*(\n    .*)*").matcher(all);
            assertThat(block.find()).as(method.name()).isTrue();
            assertThat(Recipe.parse(template.replace(tuning.group(1), block.group())).tuning()).isEqualTo(method);
        }
    }

    @Test void theCommittedSchemaAndPagesAreTheGeneratedOnes() throws IOException {
        compare(Path.of("src/main/resources/io/weft/recipe/" + RecipeSchema.FILE), RecipeSchema.text());
        compare(Path.of("../docs/recipe.md"), RecipeDocs.page(Language.ENGLISH));
        compare(Path.of("../docs/recipe.zh-CN.md"), RecipeDocs.page(Language.CHINESE));
    }

    @Test void theSchemaKnowsTheKeysAndBoundsThatTheReaderKnows() throws IOException {
        JsonNode schema = new ObjectMapper().readTree(RecipeSchema.text());
        JsonNode train = schema.at("/properties/train/properties"),
                methods = schema.at("/properties/tuning/oneOf/0/properties"),
                words = schema.at("/properties/tuning/oneOf/1/enum");
        assertThat(train.size()).isEqualTo(Settings.TRAIN.keys().size());
        for (Tuning method : Tunings.all()) {
            assertThat(words).extracting(JsonNode::asText).contains(method.name());
            assertThat(methods.at("/" + method.name() + "/properties").size())
                    .isEqualTo(method.section().keys().size());
        }
        assertThat(train.at("/batch/minimum").asInt()).isEqualTo(1);
        assertThat(train.at("/epochs/exclusiveMinimum").asInt()).isZero();
        assertThat(train.at("/epochs/default").asDouble()).isEqualTo(3);
        assertThat(train.at("/schedule/enum")).extracting(JsonNode::asText)
                .containsExactly("linear", "cosine", "constant");
        assertThat(train.at("/steps/anyOf/1/type").asText()).isEqualTo("null");
        assertThat(schema.at("/additionalProperties").asBoolean(true)).isFalse();
    }

    @Test void otherYamlReadersTakeTheNumbersForNumbers() throws IOException {
        JsonNode yaml = new ObjectMapper(new YAMLFactory())
                .readTree(RecipeWriter.text(Recipe.of("m", "t")
                .with("train.learningRate=2e-4", "train.clipNorm=1e-5")));
        assertThat(yaml.at("/train/learningRate").isNumber()).isTrue();
        assertThat(yaml.at("/train/learningRate").asDouble()).isEqualTo(2e-4);
        assertThat(yaml.at("/train/clipNorm").asDouble()).isEqualTo(1e-5);
    }

    /** Writes the file instead when run with -Dweft.regenerate=true. */
    private static void compare(Path file, String generated) throws IOException {
        if (Boolean.getBoolean("weft.regenerate")) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, generated);
        }
        assertThat(Files.readString(file)).as("%s; run this test with -Dweft.regenerate=true to write it anew", file)
                .isEqualTo(generated);
    }
}
