package io.weft.generate;

import io.weft.model.TinyModels;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.KeyValueCache;
import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.problem.UserError;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class ContinuousBatchTest {
    private static final Sampling WARM = new Sampling(20, 1.3, 0.98, 0, 0, 1.1, 7);
    private static final int CONTEXT = 1000;

    @Test void aQuestionJoinsAtTheNextPassAndLeavesAtItsEnd() {
        with("llama", generator -> {
            ContinuousBatch batch = generator.batch(new ContinuousBatch.Room(2, 100, true));
            Heard endless = new Heard(), brief = new Heard();
            batch.add(generator.request(greedy(prompt(5, 1), 900), GenerationOptions.PLAIN, endless));
            for (int i = 0; i < 10; i++) {
                batch.step();
            }
            batch.add(generator.request(greedy(prompt(9, 2), 2), GenerationOptions.PLAIN, brief));
            batch.step();
            batch.step();
            assertThat(brief.answers.get(0).ids()).hasSize(2);
            assertThat(endless.ids.get(0)).hasSize(12);
            assertThat(batch.answering()).isEqualTo(1);
            endless.wanted = false;
            batch.step();
            assertThat(batch.isEmpty()).isTrue();
        });
    }

    @Test void aLongPromptIsReadInPartsAndAShortOneBesideItAnswersFirst() {
        with("llama", generator -> {
            ContinuousBatch batch = generator.batch(new ContinuousBatch.Room(4, 200, false));
            Heard slow = new Heard(), quick = new Heard();
            batch.add(generator.request(greedy(prompt(900, 1), 3), GenerationOptions.PLAIN, slow));
            batch.add(generator.request(greedy(prompt(9, 2), 8), GenerationOptions.PLAIN, quick));
            batch.step();
            assertThat(quick.ids.get(0)).hasSize(1);
            batch.step();
            assertThat(slow.ids.get(0)).isEmpty();
            assertThat(quick.ids.get(0)).hasSize(2);
            run(batch);
            assertThat(slow.answers.get(0).ids())
                    .isEqualTo(generator.generate(prompt(900, 1), Sampling.greedy(3)).ids());
        });
    }

    @Test void whoeverAnswersBesideItAndHoweverFewPagesThereAreAnAnswerStaysTheSame() {
        for (String family : List.of("llama", "gemma2")) {
            with(family, generator -> {
                List<Prompt> prompts = IntStream.range(0, 6)
                        .mapToObj(i -> new Prompt(prompt(3 + 11 * i, i), i % 3 == 2 ? Sampling.greedy(30 + i)
                        : WARM.withMaxNewTokens(25 + 5 * i), i)).toList();
                List<int[]> alone = prompts.stream().map(one -> generator.generate(List.of(one), TokenListener.NONE)
                        .get(0).ids()).toList();
                for (int pages : new int[] {7, 12, 60}) {
                    for (boolean keeps : new boolean[] {false, true}) {
                        ContinuousBatch batch = generator.batch(new ContinuousBatch.Room(4, pages, keeps));
                        List<Heard> heard = prompts.stream().map(each -> new Heard()).toList();
                        for (int i = 0; i < prompts.size(); i++) { // one after the other, while others answer
                            batch.add(generator.request(prompts.get(i), GenerationOptions.PLAIN, heard.get(i)));
                            batch.step();
                            batch.step();
                        }
                        run(batch);
                        for (int i = 0; i < alone.size(); i++) {
                            assertThat(heard.get(i).answers.get(0).ids()).as(family + " " + pages + " " + i)
                                    .isEqualTo(alone.get(i));
                            assertThat(heard.get(i).ids.get(0)).as("each token is told once")
                                    .isEqualTo(Arrays.stream(alone.get(i)).boxed().toList());
                        }
                        batch.forget(Optional.of(Adapters.DEFAULT_NAME));
                        assertThat(batch.heldTokens()).as("no page is lost").isZero();
                    }
                }
            });
        }
    }

    @Test void choicesReadTheirPromptOnceAndShareItsPages() {
        with("llama", generator -> {
            GenerationOptions three = new GenerationOptions(3, OptionalInt.empty(), Penalties.NONE, Optional.empty());
            Prompt prompt = new Prompt(prompt(100, 3), WARM, 4);
            ContinuousBatch batch = generator.batch(new ContinuousBatch.Room(2, 40, false));
            Heard heard = new Heard();
            batch.add(generator.request(prompt, three, heard));
            batch.step();
            assertThat(batch.answering()).isEqualTo(3);
            assertThat(batch.heldTokens()).as("six full pages once, the seventh three times").isEqualTo(16 * (6 + 3));
            run(batch);
            assertThat(batch.heldTokens()).isZero();
            List<int[]> answers = heard.answers.stream().map(Answer::ids).toList();
            assertThat(answers.get(0)).isEqualTo(generator.generate(List.of(prompt), TokenListener.NONE).get(0).ids());
            assertThat(answers.get(1)).isNotEqualTo(answers.get(0)).isNotEqualTo(answers.get(2));
            ContinuousBatch narrow = generator.batch(new ContinuousBatch.Room(2, 8, true));
            Heard again = new Heard();
            narrow.add(generator.request(prompt, three, again));
            run(narrow);
            for (int choice = 0; choice < 3; choice++) {
                assertThat(again.answers.get(choice).ids()).as("where not all fit at once")
                        .isEqualTo(answers.get(choice));
            }
        });
    }

    @Test void logProbabilitiesAreTheModelsOwnWhateverChoosesTheToken() {
        Scope.run(() -> {
            CausalLm model = TinyModels.of("llama");
            Generator generator = new Generator(model, CONTEXT, Set.of());
            GenerationOptions told = new GenerationOptions(1, OptionalInt.of(3),
                    new Penalties(0.5, 0.5, Map.of(5, 2.0)), Optional.empty());
            Heard heard = new Heard();
            ContinuousBatch batch = generator.batch(new ContinuousBatch.Room(1, 10, false));
            int[] prompt = prompt(6, 2);
            batch.add(generator.request(new Prompt(prompt, WARM.withMaxNewTokens(8), 0), told, heard));
            run(batch);
            int[] whole = IntStream.concat(IntStream.of(prompt), IntStream.of(heard.answers.get(0).ids())).toArray();
            Tensor logits = model.logits(model.hidden(whole, Pass.single(whole.length)));
            for (int i = 0; i < 8; i++) {
                float[] row = logits.narrow(0, prompt.length - 1 + i, 1).toFloats();
                double sum = 0;
                for (float logit : row) {
                    sum += Math.exp(logit);
                }
                double total = Math.log(sum);
                TokenLogprob found = heard.logprobs.get(i);
                assertThat(found.id()).isEqualTo(whole[prompt.length + i]);
                assertThat(found.logprob()).isCloseTo(row[found.id()] - total, within(1e-4));
                int[] best = IntStream.range(0, row.length).boxed()
                        .sorted((a, b) -> Float.compare(row[b], row[a])).limit(3).mapToInt(id -> id).toArray();
                assertThat(found.likeliest().stream().mapToInt(TokenLogprob::id)).containsExactly(
                        Arrays.stream(best).boxed().toArray(Integer[]::new));
                assertThat(found.likeliest().get(2).logprob()).isCloseTo(row[best[2]] - total, within(1e-4));
            }
        });
    }

    @Test void penaltiesAndBiasesChangeWhatIsTaken() {
        with("llama", generator -> {
            int[] free = said(generator, Penalties.NONE);
            assertThat(said(generator, new Penalties(0, 0, Map.of(11, 100.0)))).containsOnly(11);
            assertThat(said(generator, new Penalties(0, 0, Map.of(free[0], -100.0)))).doesNotContain(free[0]);
            assertThat(said(generator, new Penalties(0, 2000, Map.of()))).doesNotHaveDuplicates();
            assertThat(said(generator, new Penalties(2000, 0, Map.of()))).doesNotHaveDuplicates();
            float[] scores = {1, 2, 3};
            new Penalties(0.5, 0.25, Map.of(0, 1.5)).apply(scores, Map.of(1, 2, 2, 1));
            assertThat(scores).containsExactly(2.5f, 0.75f, 2.25f);
        });
    }

    private static int[] said(Generator generator, Penalties penalties) {
        ContinuousBatch batch = generator.batch(new ContinuousBatch.Room(1, 10, false));
        Heard heard = new Heard();
        batch.add(generator.request(greedy(prompt(6, 2), 20),
                new GenerationOptions(1, OptionalInt.empty(), penalties, Optional.empty()), heard));
        run(batch);
        return heard.answers.get(0).ids();
    }

    @Test void whatAPromptBeginsWithIsKeptUntilItsRoomIsWanted() {
        with("llama", generator -> {
            ContinuousBatch batch = generator.batch(new ContinuousBatch.Room(2, 12, true));
            int[] beginning = prompt(70, 1), first = joined(beginning, prompt(9, 2)),
                    second = joined(beginning, prompt(12, 3));
            assertThat(answered(batch, generator, first).cached).isZero();
            Heard other = answered(batch, generator, second);
            assertThat(other.cached).as("four full pages of 16").isEqualTo(64);
            assertThat(other.answers.get(0).ids()).isEqualTo(generator.generate(second, Sampling.greedy(6)).ids());
            assertThat(answered(batch, generator, second).cached).as("whole pieces alone").isEqualTo(64);
            assertThat(answered(batch, generator.with(Adapters.NONE), second).cached).as("computed otherwise").isZero();
            assertThat(answered(batch, generator, prompt(150, 9)).answers.get(0).ids())
                    .isEqualTo(generator.generate(prompt(150, 9), Sampling.greedy(6)).ids());
            assertThat(answered(batch, generator, first).cached).as("made way, what comes last first").isLessThan(64);
        });
    }

    private static Heard answered(ContinuousBatch batch, Generator generator, int[] prompt) {
        Heard heard = new Heard();
        batch.add(generator.request(greedy(prompt, 6), GenerationOptions.PLAIN, heard));
        run(batch);
        return heard;
    }

    @Test void answersThroughDifferentAdaptersStandBesideEachOther() {
        Scope.run(() -> {
            CausalLm model = TinyModels.of("llama");
            for (Linear linear : model.linears().values()) {
                linear.attach(new Scale(1.1));
                linear.attach("other", new Scale(0.8));
            }
            Generator usual = new Generator(model, CONTEXT, Set.of());
            List<Generator> all = List.of(usual, usual.with(Adapters.named("other")), usual.with(Adapters.NONE),
                    usual.with(Adapters.named("other")), usual);
            ContinuousBatch batch = usual.batch(new ContinuousBatch.Room(5, 60, true));
            List<Heard> heard = all.stream().map(each -> new Heard()).toList();
            for (int i = 0; i < all.size(); i++) {
                batch.add(all.get(i).request(new Prompt(prompt(20, 1), WARM, 0), GenerationOptions.PLAIN,
                        heard.get(i)));
            }
            run(batch);
            List<int[]> answers = heard.stream().map(each -> each.answers.get(0).ids()).toList();
            for (int i = 0; i < all.size(); i++) {
                assertThat(answers.get(i)).isEqualTo(all.get(i).generate(List.of(new Prompt(prompt(20, 1), WARM, 0)),
                        TokenListener.NONE).get(0).ids());
            }
            assertThat(answers.get(0)).isNotEqualTo(answers.get(1)).isNotEqualTo(answers.get(2));
        });
    }

    private record Scale(double factor) implements Linear.Delta {
        @Override public Tensor output(Tensor x, Tensor y, Pass pass) { return y.mul(factor); }

        @Override public Stream<Tensor> parameters() { return Stream.of(); }
    }

    @Test void guessedTokensChangeNoAnswer() {
        with("llama", generator -> {
            int[] repeating = IntStream.range(0, 60).map(i -> 7 + i % 5).toArray();
            for (Sampling sampling : List.of(Sampling.greedy(60), WARM.withMaxNewTokens(60).withTemperature(0.3))) {
                int[] plain = generator.generate(repeating, sampling).ids();
                ContinuousBatch batch = generator.batch(new ContinuousBatch.Room(1, 20, true, true));
                Heard heard = new Heard();
                batch.add(generator.request(Prompt.of(repeating, sampling), GenerationOptions.PLAIN, heard));
                run(batch);
                assertThat(heard.answers.get(0).ids()).isEqualTo(plain);
                batch.forget(Optional.of(Adapters.DEFAULT_NAME));
                assertThat(batch.heldTokens()).isZero();
            }
            assertThat(PromptLookup.guess(new int[] {1, 2, 3, 4, 9, 1, 2, 3, 0, 0}, 8, 10))
                    .containsExactly(4, 9, 1, 2, 3);
            assertThat(PromptLookup.guess(new int[] {1, 2, 3, 4, 9, 1, 2, 3}, 8, 2)).containsExactly(4, 9);
            assertThat(PromptLookup.guess(new int[] {1, 2, 3, 4, 5, 6}, 6, 2)).isEmpty();
            PromptLookup slow = new PromptLookup();
            slow.passed(1, 0);
            slow.passed(3, 2);
            assertThat(slow.pays()).as("three times the time for two tokens").isFalse();
            slow.passed(0.5, 4);
            slow.passed(0.5, 40);
            assertThat(slow.pays()).isTrue();
        });
    }

    @Test void whatCanNeverBeHeldIsRefusedAndWhatOutgrowsTheRoomIsCut() {
        with("llama", generator -> {
            ContinuousBatch batch = generator.batch(new ContinuousBatch.Room(2, 2, false));
            assertThatThrownBy(() -> batch.add(generator.request(greedy(prompt(32, 1), 1), GenerationOptions.PLAIN,
                    new Heard()))).isInstanceOf(UserError.class).hasMessageContaining("room for the keys and values");
            Heard heard = new Heard();
            batch.add(generator.request(greedy(prompt(20, 1), 100), GenerationOptions.PLAIN, heard));
            run(batch);
            assertThat(heard.answers.get(0).ids()).hasSize(12);
            assertThat(heard.answers.get(0).finish()).isEqualTo(Answer.Finish.LENGTH);
        });
    }

    @Test void damagedScoresFailTheirOwnRequestAlone() {
        Scope.run(() -> {
            CausalLm model = TinyModels.of("llama");
            model.linears().values().forEach(linear -> linear.attach("broken", new Scale(Double.NaN)));
            Generator whole = new Generator(model, CONTEXT, Set.of()), broken = whole.with(Adapters.named("broken"));
            ContinuousBatch batch = whole.batch(new ContinuousBatch.Room(2, 20, true));
            Heard good = new Heard(), bad = new Heard();
            batch.add(whole.request(greedy(prompt(5, 1), 5), GenerationOptions.PLAIN, good));
            batch.add(broken.request(greedy(prompt(5, 1), 5), GenerationOptions.PLAIN, bad));
            run(batch);
            assertThat(good.answers.get(0).ids()).hasSize(5);
            assertThat(bad.failure).isInstanceOf(UserError.class).hasMessageContaining("not finite");
            batch.forget(Optional.of(Adapters.DEFAULT_NAME));
            batch.forget(Optional.of("broken"));
            assertThat(batch.heldTokens()).isZero();
        });
    }

    @Test void pagesAreTakenSideBySideWhereThatCanBe() {
        Scope.run(() -> {
            KeyValueCache cache = TinyModels.of("llama").cache(16);
            KeyValueCache.Row first = cache.open(), second = cache.open();
            first.reserve(20, true);
            second.reserve(20, true);
            first.reserve(64, true);
            assertThat(IntStream.range(0, 4).map(first::page)).containsExactly(0, 1, 2, 3);
            assertThat(second.page(1)).isEqualTo(second.page(0) + 1).isGreaterThan(5);
            assertThatThrownBy(() -> first.reserve(300, true)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("are free");
            first.close();
            second.close();
            assertThat(cache.free()).isEqualTo(16);
            assertThatThrownBy(() -> cache.release(3)).isInstanceOf(IllegalStateException.class);
        });
    }

    // ---- of the tests ----

    private static final class Heard implements AnswerListener {
        private final List<List<Integer>> ids = new ArrayList<>();
        private final List<Answer> answers = new ArrayList<>(List.of());
        private final List<TokenLogprob> logprobs = new ArrayList<>();
        private int cached = -1;
        private boolean wanted = true;
        private RuntimeException failure;

        Heard() {
            for (int i = 0; i < 3; i++) {
                ids.add(new ArrayList<>());
                answers.add(null);
            }
        }

        @Override public void begun(int cachedTokens) {
            assertThat(cached).as("begun once").isEqualTo(-1);
            cached = cachedTokens;
        }

        @Override public void token(int choice, int id, Optional<TokenLogprob> logprob) {
            ids.get(choice).add(id);
            logprob.ifPresent(logprobs::add);
        }

        @Override public void ended(int choice, Answer answer) {
            assertThat(answers.get(choice)).as("ended once").isNull();
            answers.set(choice, answer);
        }

        @Override public boolean wanted(int choice) { return wanted; }

        @Override public void failed(RuntimeException cause) { failure = cause; }
    }

    private static void run(ContinuousBatch batch) {
        for (int passes = 0; !batch.isEmpty(); passes++) {
            assertThat(passes).as("it comes to an end").isLessThan(5000);
            batch.step();
        }
    }

    private static Prompt greedy(int[] ids, int fresh) { return Prompt.of(ids, Sampling.greedy(fresh)); }

    private static int[] prompt(int length, long seed) {
        var random = RandomStream.of(seed);
        return IntStream.range(0, length).map(i -> (int) (90 * random.uniform(i))).toArray();
    }

    private static int[] joined(int[] first, int[] second) {
        return IntStream.concat(IntStream.of(first), IntStream.of(second)).toArray();
    }

    private static void with(String family, java.util.function.Consumer<Generator> body) {
        Scope.run(() -> body.accept(new Generator(TinyModels.of(family), CONTEXT, Set.of())));
    }
}
