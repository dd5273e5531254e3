package io.weft.app.serve;

import io.weft.TinyRun;
import io.weft.app.http.Refusal;
import io.weft.data.Message;
import io.weft.data.PromptStyle;
import io.weft.generate.GenerationOptions;
import io.weft.generate.Penalties;
import io.weft.generate.Sampling;
import io.weft.loaded.LoadedModel;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.Adapter;
import io.weft.tune.Lora;
import io.weft.tune.Prefix;
import io.weft.tune.TokenStart;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What the one thread that owns a model makes of questions, without HTTP. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ModelAnswererTest {
    private static final Sampling WARM = new Sampling(12, 1.3, 1, 0, 0, 1, 5);
    @TempDir Path folder;

    @BeforeAll static void english() { Language.use(Language.ENGLISH); }

    @Test void aShortQuestionIsAnsweredBesideALongOneAndTheNextOneWaitsForAPlace() throws Exception {
        ModelAnswerer answerer = started(TinyModel.in(folder, PromptStyle.PLAIN), 2);
        try {
            Reply endless = answerer.ask(question("the cat", Sampling.greedy(100_000)));
            assertThat(endless.next(Duration.ofSeconds(60))).isPresent();
            assertThat(done(answerer.ask(question("a dog", Sampling.greedy(2)))).generatedTokens()).isEqualTo(2);
            Reply second = answerer.ask(question("the cat", Sampling.greedy(100_000)));
            assertThat(second.next(Duration.ofSeconds(60))).isPresent();
            Reply waits = answerer.ask(question("a dog", Sampling.greedy(2))),
                    last = answerer.ask(question("a dog", Sampling.greedy(2)));
            assertThat(last.ahead()).isEqualTo(1);
            assertThat(answerer.load().waiting() + answerer.load().answering()).isBetween(2, 4);
            assertThat(answerer.load().cached()).isPositive().isLessThan(answerer.load().room());
            second.cancel();
            assertThat(done(waits).generatedTokens()).isEqualTo(2);
            assertThat(done(last).finish()).isEqualTo("length");
            endless.cancel();
        } finally {
            answerer.close(Duration.ZERO);
        }
    }

    @Test void oneKeysManyQuestionsDoNotStandBeforeAnothersFirst() throws Exception {
        ModelAnswerer answerer = started(TinyModel.in(folder, PromptStyle.PLAIN), 1);
        try {
            Reply endless = answerer.ask(question("the cat", Sampling.greedy(100_000)).by("alice"));
            assertThat(endless.next(Duration.ofSeconds(60))).isPresent();
            List<Reply> many = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                many.add(answerer.ask(question("the cat", Sampling.greedy(100)).by("alice")));
            }
            Reply other = answerer.ask(question("a dog", Sampling.greedy(2)).by("bob"));
            endless.cancel();
            assertThat(done(other).generatedTokens()).isEqualTo(2);
            assertThat(many.get(3).next(Duration.ZERO)).as("asked before, served behind").isEmpty();
            assertThat(done(many.get(3)).generatedTokens()).isEqualTo(100);
        } finally {
            answerer.close(Duration.ZERO);
        }
    }

    @Test void adaptersOfOneBaseAnswerTogetherAsEachAnswersAlone() throws Exception {
        Path base = TinyRun.base(folder.resolve("base"), DType.F32);
        Map<String, Path> adapters = new LinkedHashMap<>();
        adapters.put("adapter1", adapter(base, 1, new Lora(2, 8, 0, List.of("all-linear"))));
        adapters.put("adapter2", adapter(base, 2, new Lora(5, 20, 0, List.of("q_proj", "down_proj"))));
        adapters.put("adapter3", adapter(base, 3,
                new Prefix(5, TokenStart.RANDOM, Optional.empty(), false, OptionalInt.empty())));
        List<String> alone = new ArrayList<>();
        for (Path each : adapters.values()) {
            ModelAnswerer answerer = started(() -> ServedModel.of(LoadedModel.open(each)), 4);
            alone.add(words(answerer.ask(question("the cat", WARM))));
            if (alone.size() == 1) {
                assertThat(answerer.models()).containsExactly("tiny", "base");
                alone.add(0, words(answerer.ask(of("base"))));
            }
            answerer.close(Duration.ofSeconds(10));
        }
        assertThat(alone).doesNotHaveDuplicates();
        ModelAnswerer answerer = started(() -> ServedModel.of(LoadedModel.open(adapters.get("adapter1"))), 4);
        try {
            answerer.open("two", adapters.get("adapter2"));
            answerer.open("three", adapters.get("adapter3"));
            assertThat(answerer.models()).containsExactly("tiny", "base", "two", "three");
            List<Reply> replies = List.of(answerer.ask(of("base")), answerer.ask(question("the cat", WARM)),
                    answerer.ask(of("two")), answerer.ask(of("three")), answerer.ask(of("two")));
            List<String> together = replies.stream().map(ModelAnswererTest::words).toList();
            assertThat(together.subList(0, 4)).isEqualTo(alone);
            assertThat(together.get(4)).isEqualTo(alone.get(2));
            assertThatThrownBy(() -> answerer.ask(of("four"))).isInstanceOf(Refusal.class)
                    .hasMessageContaining("there is no model four here; there is tiny, base, two, three");
            assertThatThrownBy(() -> answerer.open("two", adapters.get("adapter3"))).isInstanceOf(UserError.class)
                    .hasMessageContaining("there is a model two here already");
            assertThatThrownBy(() -> answerer.open("four", base)).isInstanceOf(UserError.class);
            assertThatThrownBy(() -> answerer.release("base")).isInstanceOf(UserError.class);
            answerer.release("two");
            assertThat(answerer.models()).containsExactly("tiny", "base", "three");
            while (true) { // until what is left of it is freed
                try {
                    answerer.open("two", adapters.get("adapter3"));
                    break;
                } catch (UserError stillThere) {
                    Thread.sleep(5);
                }
            }
            assertThat(words(answerer.ask(of("two")))).as("nothing of the other one is left").isEqualTo(alone.get(3));
            for (int more = 0; more < ServedModels.MOST; more++) {
                answerer.open("more" + more, adapters.get("adapter2"));
            }
            assertThat(answerer.models()).as("those used longest ago have made way").hasSize(2 + ServedModels.MOST)
                    .doesNotContain("two", "three");
        } finally {
            answerer.close(Duration.ofSeconds(10));
        }
    }

    @Test void choicesAndLogProbabilitiesComeWithTheirPlaces() throws Exception {
        ModelAnswerer answerer = started(TinyModel.in(folder, PromptStyle.PLAIN), 2);
        try {
            GenerationOptions asked = new GenerationOptions(3, OptionalInt.of(2), Penalties.NONE, Optional.empty());
            Reply reply = answerer.ask(new Question(new Question.Asked.Raw("the cat"), WARM, List.of(), asked,
                    Optional.empty()));
            List<StringBuilder> words = List.of(new StringBuilder(), new StringBuilder(), new StringBuilder());
            int[] logprobs = new int[3];
            Reply.Part part = reply.next(Duration.ofSeconds(60)).orElseThrow();
            for (; part instanceof Reply.Part.Text text; part = reply.next(Duration.ofSeconds(60)).orElseThrow()) {
                words.get(text.choice()).append(text.words());
                logprobs[text.choice()] += text.logprobs().size();
                assertThat(text.logprobs()).allSatisfy(each -> assertThat(each.likeliest()).hasSize(2));
            }
            assertThat(((Reply.Part.Done) part).finishes()).containsExactly("length", "length", "length");
            assertThat(((Reply.Part.Done) part).generatedTokens()).isEqualTo(36);
            assertThat(logprobs).containsOnly(12);
            assertThat(words.get(0).toString()).isEqualTo(words(answerer.ask(question("the cat", WARM))))
                    .isNotEqualTo(words.get(1).toString());
        } finally {
            answerer.close(Duration.ZERO);
        }
    }

    @Test void textsBecomeVectorsAndAreCounted() throws Exception {
        ModelAnswerer answerer = started(TinyModel.in(folder, PromptStyle.PLAIN), 2);
        try {
            Answerer.Vectors mean = answerer.embed("tiny", List.of("the cat", "a book of letters"), true).join(),
                    last = answerer.embed("tiny", List.of("the cat"), false).join();
            assertThat(mean.values()).hasSize(2).allSatisfy(vector -> assertThat(vector).hasSize(32));
            int one = answerer.count(new Question.Asked.Raw("the cat")),
                    two = answerer.count(new Question.Asked.Raw("a book of letters"));
            assertThat(mean.tokens()).isEqualTo(one + two);
            assertThat(last.values().get(0)).isNotEqualTo(mean.values().get(0));
            double squares = 0;
            for (float value : last.values().get(0)) {
                squares += value * value;
            }
            assertThat(squares / 32).as("behind an RMS norm").isCloseTo(1, within(1e-3));
            assertThatThrownBy(() -> answerer.embed("tiny", List.of("a", ""), true)).isInstanceOf(UserError.class)
                    .hasMessageContaining("empty");
            assertThatThrownBy(() -> answerer.embed("other", List.of("a"), true)).isInstanceOf(Refusal.class);
        } finally {
            answerer.close(Duration.ZERO);
        }
    }

    @Test void aTextThatIsFarTooLongIsRefusedByItsBeginning() throws Exception {
        Path base = TinyRun.base(folder.resolve("base"), DType.F32);
        ModelAnswerer answerer = started(() -> ServedModel.of(LoadedModel.open(base)), 2);
        try {
            String text = "the cat reads the book. ".repeat(100_000);
            long begun = System.nanoTime();
            assertThatThrownBy(() -> answerer.ask(new Question(new Question.Asked.Chat(List.of(Message.user(text))),
                    WARM, List.of()))).isInstanceOf(UserError.class).hasMessageContaining("more than");
            assertThat((System.nanoTime() - begun) / 1e9).isLessThan(1);
        } finally {
            answerer.close(Duration.ZERO);
        }
    }

    // ---- of the tests ----

    private static ModelAnswerer started(java.util.function.Supplier<ServedModel> loader, int together)
            throws InterruptedException {
        ModelAnswerer answerer = ModelAnswerer.start("tiny", 20, together, loader);
        answerer.awaitReady();
        return answerer;
    }

    private static Question question(String text, Sampling sampling) {
        return new Question(new Question.Asked.Raw(text), sampling, List.of());
    }

    private static Question of(String model) {
        return new Question(new Question.Asked.Raw("the cat"), WARM, List.of(), GenerationOptions.PLAIN,
                Optional.of(model));
    }

    private static Reply.Part.Done done(Reply reply) {
        try {
            Reply.Part part = reply.next(Duration.ofSeconds(60)).orElseThrow();
            while (part instanceof Reply.Part.Text) {
                part = reply.next(Duration.ofSeconds(60)).orElseThrow();
            }
            assertThat(part).isInstanceOf(Reply.Part.Done.class);
            return (Reply.Part.Done) part;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String words(Reply reply) {
        try {
            StringBuilder words = new StringBuilder();
            Reply.Part part = reply.next(Duration.ofSeconds(60)).orElseThrow();
            for (; part instanceof Reply.Part.Text text; part = reply.next(Duration.ofSeconds(60)).orElseThrow()) {
                words.append(text.words());
            }
            assertThat(part).isInstanceOf(Reply.Part.Done.class);
            return words.toString();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One of random numbers, so strong that it changes what is said. */
    private Path adapter(Path base, int seed, Adapter method) {
        Path made = folder.resolve("adapter" + seed);
        made.toFile().mkdirs();
        Scope.run(() -> {
            CausalLm model = ModelFolder.open(base).load();
            method.attach(model, seed);
            for (Map.Entry<String, Tensor> tuned : model.tuned().entrySet()) {
                Tensor random = RandomStream.of(seed, tuned.getKey().hashCode()).normal(0.3, tuned.getValue().shape());
                tuned.getValue().copyFrom(random);
            }
            method.write(model, made, base.toString());
        });
        return made;
    }
}
