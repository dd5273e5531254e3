package io.weft;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Message;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.Measure;
import io.weft.file.JsonFile;
import io.weft.generate.Sampling;
import io.weft.loaded.ModelSource;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.prompt.PromptTable;
import io.weft.prompt.SearchMethod;
import io.weft.prompt.SearchResult;
import io.weft.prompt.SearchSettings;
import io.weft.recipe.Recipe;
import io.weft.tensor.DType;
import io.weft.token.encode.HardPrompt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class PromptSearchTest {
    private static final List<String> INSTRUCTIONS = List.of("the cat reads the book.", "my friend writes");
    @TempDir private static Path made;
    private static Path base, rows;
    private final Language before = Language.current();
    @TempDir Path folder;

    @BeforeAll static void write() {
        base = TinyRun.base(made.resolve("base"), DType.F32);
        rows = TinyRun.rows(made.resolve("rows.jsonl"), 30);
    }

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    private static SearchSettings settings(SearchMethod method, int budget) {
        return new SearchSettings(method, budget, 4, 2, 2, 42, 8);
    }

    private static Recipe recipe(String... more) {
        return Recipe.of(base.toString(), rows.toString()).with(more);
    }

    private static SearchResult search(SearchMethod method, Path out, PromptSearch.Listener listener,
            String... more) {
        return new PromptSearch(recipe(more), settings(method, 2600), INSTRUCTIONS, out).run(listener);
    }

    private static PromptSearch.Listener quiet() { return step -> {}; }

    /** Everything in search.json but times. */
    private static JsonNode result(Path out) {
        ObjectNode json = JsonFile.object(out.resolve(SearchResult.RESULT));
        json.remove(List.of("seconds", "passesPerSecond"));
        return json;
    }

    @ParameterizedTest @EnumSource(SearchMethod.class)
    void aPromptIsFoundWithinTheBudgetThatIsBetterThanNone(SearchMethod method) throws IOException {
        Path out = folder.resolve("out");
        SearchResult result = search(method, out, quiet());
        assertThat(result.isFound()).isTrue();
        assertThat(result.passes()).isLessThanOrEqualTo(2600);
        assertThat(result.loss()).isLessThan(result.bareLoss());
        assertThat(Files.readString(out.resolve(SearchResult.PROMPT))).isEqualTo(result.text() + "\n");
        long logged = Files.readAllLines(out.resolve(SearchResult.LOG)).stream().skip(1).map(PromptSearchTest::json)
                .filter(line -> !line.path("kind").asText().equals("heldOut"))
                .mapToLong(line -> line.path("passes").asLong()).sum();
        assertThat(logged).as("each pass is in the log").isEqualTo(result.passes());
        PromptTable table = result.table();
        assertThat(table.rows()).isEqualTo(3);
        assertThat(table.columns()).extracting(PromptTable.Column::name).containsExactly(PromptTable.WITHOUT,
                PromptTable.PROMPT, PromptTable.RANDOM);
        assertThat(table.columns().get(2).each()).as("random texts").hasSize(3);
        if (method == SearchMethod.SWAP) {
            assertThat(result.tokens()).isEqualTo(4);
        }
    }

    private static JsonNode json(String line) {
        try {
            return JsonFile.JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Leads out of the middle of a search, as a kill does. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Test void aSearchThatWasKilledComesToTheSameTextWithoutComputingAnythingTwice() throws IOException {
        Path whole = folder.resolve("whole"), killed = folder.resolve("killed");
        SearchResult expected = search(SearchMethod.ALL, whole, quiet());
        for (int kill = 3; kill < 40; kill += 12) {
            int[] steps = {0};
            int last = kill;
            try {
                search(SearchMethod.ALL, killed, step -> {
                    if (++steps[0] == last) {
                        throw new Killed();
                    }
                });
            } catch (Killed e) {
                // what a kill in the middle of a line leaves
                Files.writeString(killed.resolve(SearchResult.LOG), "{\"kind\":\"loss", StandardOpenOption.APPEND);
            }
        }
        int[] fresh = {0}, again = {0};
        SearchResult result = search(SearchMethod.ALL, killed, step -> (step.again() ? again : fresh)[0]++);
        assertThat(again[0]).isPositive();
        assertThat(fresh[0]).isPositive();
        assertThat(result.text()).isEqualTo(expected.text());
        assertThat(result(killed)).isEqualTo(result(whole));
        int[] computed = {0};
        search(SearchMethod.ALL, killed, step -> computed[0] += step.again() ? 0 : 1);
        assertThat(computed[0]).as("of a search that is done").isZero();
    }

    @Test void theHeldOutRowsHaveNoPartInTheSearch() throws IOException {
        Path one = TinyRun.rows(folder.resolve("one.jsonl"), 6);
        Path other = Files.writeString(folder.resolve("other.jsonl"), """
                {"instruction": "老师写下数据", "input": "", "output": "小模型"}
                {"instruction": "a letter?", "input": "", "output": "ten rows!"}
                """);
        SearchResult a = search(SearchMethod.ALL, folder.resolve("a"), quiet(), "data.heldOut=" + one);
        SearchResult b = search(SearchMethod.ALL, folder.resolve("b"), quiet(), "data.heldOut=" + other);
        assertThat(a.text()).isEqualTo(b.text());
        assertThat(a.loss()).isEqualTo(b.loss());
        assertThat(a.table().value(PromptTable.WITHOUT, Measure.LOSS))
                .isNotEqualTo(b.table().value(PromptTable.WITHOUT, Measure.LOSS));
    }

    @Test void theSeedDecides() {
        SearchResult one = search(SearchMethod.SWAP, folder.resolve("one"), quiet());
        SearchSettings other = new SearchSettings(SearchMethod.SWAP, 2600, 4, 2, 2, 7, 8);
        assertThat(new PromptSearch(recipe(), other, INSTRUCTIONS, folder.resolve("two")).run(quiet()).text())
                .isNotEqualTo(one.text());
    }

    @Test void theTextGivesInEvaluationWhatTheTableSays() throws IOException {
        Path out = folder.resolve("out");
        SearchResult result = search(SearchMethod.ALL, out, quiet());
        HardPrompt prompt = HardPrompt.read(out.resolve(SearchResult.PROMPT));
        PromptTable table = PromptEvaluation.of(ModelSource.of(base, Optional.empty()), prompt, Optional.of(rows),
                EvaluationSettings.DEFAULTS.withSampling(Sampling.greedy(8)), EvaluationRun.Listener.NONE);
        for (String column : List.of(PromptTable.WITHOUT, PromptTable.PROMPT)) {
            assertThat(table.value(column, Measure.LOSS).getAsDouble()).isEqualTo(
                    result.table().value(column, Measure.LOSS).getAsDouble(), within(1e-5));
        }
    }

    @Test void aRunIsJudgedOnItsOwnHeldOutRows() {
        Path run = TinyRun.trained(TinyRun.recipe(base, rows), folder.resolve("run"));
        PromptTable table = PromptEvaluation.of(ModelSource.of(run, Optional.empty()), new HardPrompt("the cat"),
                Optional.empty(), EvaluationSettings.DEFAULTS.withSampling(Sampling.greedy(8)),
                EvaluationRun.Listener.NONE);
        assertThat(table.of()).isEqualTo(8);
        double tuned = EvaluationRun.evaluate(run, EvaluationSettings.DEFAULTS.withSampling(Sampling.greedy(8)),
                EvaluationRun.Listener.NONE).line(Measure.LOSS).orElseThrow().tuned();
        assertThat(table.value(PromptTable.WITHOUT, Measure.LOSS).getAsDouble())
                .isEqualTo(tuned, within(1e-5));
        assertThat(table.value(PromptTable.PROMPT, Measure.LOSS).getAsDouble()).isNotEqualTo(tuned);
        assertThatThrownBy(() -> PromptEvaluation.of(ModelSource.of(run, Optional.empty()), new HardPrompt("a"),
                Optional.of(rows), EvaluationSettings.DEFAULTS, EvaluationRun.Listener.NONE))
                .isInstanceOf(UserError.class).hasMessageContaining("leave --data out");
    }

    @Test void aPromptThatLeavesNoRoomIsRefused() {
        assertThatThrownBy(() -> Weft.with(base, model -> model.behind(new HardPrompt("the cat ".repeat(100)))))
                .isInstanceOf(UserError.class).hasMessageContaining("the model's context is 128");
        assertThat(Weft.<Integer>with(base, model -> model.behind(new HardPrompt("the cat")).wording().encoder()
                .encodePrompt(List.of(Message.user("a"))).length)).isPositive();
    }

    @ParameterizedTest @EnumSource(SearchMethod.class)
    void aBudgetThatIsTooSmallIsRefusedWithTheLeastThatWillDo(SearchMethod method) {
        assertThatThrownBy(() -> new PromptSearch(recipe(), settings(method, 10), INSTRUCTIONS, folder.resolve("a"))
                .run(quiet())).isInstanceOf(UserError.class).hasMessageContaining("needs at least")
                .satisfies(refused -> {
                    int least = Integer.parseInt(refused.getMessage().replaceFirst("(?s).*at least ([\\d,]+).*", "$1")
                            .replace(",", ""));
                    SearchResult result = new PromptSearch(recipe(), settings(method, least), INSTRUCTIONS,
                            folder.resolve("b")).run(quiet());
                    assertThat(result.passes()).isBetween(2, least);
                });
    }

    @Test void aFolderOfAnotherSearchIsRefusedByTheKeysThatDiffer() {
        Path out = folder.resolve("out");
        new PromptSearch(recipe(), settings(SearchMethod.DEMONSTRATIONS, 300), INSTRUCTIONS, out).run(quiet());
        assertThatThrownBy(() -> new PromptSearch(recipe("data.heldOut=0.2"), settings(SearchMethod.SWAP, 400),
                INSTRUCTIONS, out).run(quiet())).isInstanceOf(UserError.class)
                .hasMessageContaining("--budget is 400, it was 300")
                .hasMessageContaining("--method is swap, it was demonstrations")
                .hasMessageContaining("data.heldOut is 0.2, it was 0.1");
        assertThatThrownBy(() -> search(SearchMethod.SWAP, base, quiet())).isInstanceOf(UserError.class)
                .hasMessageContaining("neither empty nor a search");
    }

    @Test void rowsWithoutAnswersAreRefused() throws IOException {
        Path texts = Files.writeString(folder.resolve("texts.jsonl"), "{\"text\": \"the cat\"}\n".repeat(20));
        assertThatThrownBy(() -> new PromptSearch(Recipe.of(base.toString(), texts.toString()),
                settings(SearchMethod.SWAP, 1000), List.of(), folder.resolve("out")).run(quiet()))
                .isInstanceOf(UserError.class).hasMessageContaining("asked something and answered");
        assertThat(folder.resolve("out")).as("nothing is left behind").doesNotExist();
    }

    @Test void aModelWithoutTokenizerIsRefused() throws IOException {
        Path bare = TinyRun.copy(base, folder.resolve("bare"));
        Files.delete(bare.resolve("tokenizer.json"));
        assertThatThrownBy(() -> new PromptSearch(Recipe.of(bare.toString(), rows.toString()),
                settings(SearchMethod.SWAP, 1000), List.of(), folder.resolve("out")).run(quiet()))
                .isInstanceOf(UserError.class).hasMessageContaining("tokenizer");
    }
}
