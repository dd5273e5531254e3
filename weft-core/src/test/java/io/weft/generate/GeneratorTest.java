package io.weft.generate;

import io.weft.golden.Golden;
import io.weft.model.HfConfig;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.problem.UserError;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.token.TinyTokenizers;
import io.weft.token.Tokenizer;
import io.weft.token.answer.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GeneratorTest {
    private static final Set<Integer> NO_END = Set.of();
    private static final int CONTEXT = 2048;
    @TempDir Path folder;

    @Test void everyKnownFamilyAnswersAsHuggingFaceDoes() {
        int ran = 0;
        for (Path golden : Golden.folders("models", "golden.safetensors")) {
            if (SafeTensors.open(golden.resolve("golden.safetensors")).names().contains("gen.sequences")
                    && known(golden)) {
                Scope.run(() -> checkGolden(golden));
                ran++;
            }
        }
        Golden.ran("greedy answers", 3 * ran);
    }

    private static boolean known(Path golden) {
        try {
            ModelFolder.open(golden);
            return true;
        } catch (UserError unknownFamily) {
            Golden.skipped(golden, unknownFamily.getMessage());
            return false;
        }
    }

    private static void checkGolden(Path path) {
        Map<String, Tensor> golden = SafeTensors.open(path.resolve("golden.safetensors")).readAll();
        CausalLm model = ModelFolder.open(path).load();
        int[][] prompts = rows(golden.get("in.ids")), expected = rows(golden.get("gen.sequences"));
        var numbers = Golden.json(path.resolve("golden.json"));
        int pad = numbers.path("gen_eos_pad_token_id").asInt(), usualEnd = ModelFolder.open(path).endIds().iterator()
                .next(),
                fresh = expected[0].length - prompts[0].length;
        assertThat(filled(answers(model, usualEnd, fresh, prompts), fresh, usualEnd, pad)).as(path + " gen")
                .isDeepEqualTo(tails(expected, fresh));

        int[][] padded = rows(golden.get("in.left_ids")), masks = rows(golden.get("in.left_mask")),
                left = rows(golden.get("gen_left.sequences"));
        int[][] uneven = IntStream.range(0, padded.length)
                .mapToObj(row -> IntStream.range(0, padded[row].length).filter(i -> masks[row][i] == 1)
                .map(i -> padded[row][i]).toArray()).toArray(int[][]::new);
        int freshLeft = left[0].length - padded[0].length;
        assertThat(filled(answers(model, usualEnd, freshLeft, uneven), freshLeft, usualEnd, pad)).as(path + " gen_left")
                .isDeepEqualTo(tails(left, freshLeft));

        int end = numbers.path("gen_eos_token_id").asInt();
        int[][] ended = tails(rows(golden.get("gen_eos.sequences")), rows(golden.get("gen_eos.sequences"))[0]
                .length - prompts[0].length);
        List<Answer> answers = answers(model, end, ended[0].length, prompts);
        assertThat(filled(answers, ended[0].length, end, pad)).as(path + " gen_eos").isDeepEqualTo(ended);
        assertThat(answers.get(0).finish()).isEqualTo(Answer.Finish.STOP);
    }

    private static List<Answer> answers(CausalLm model, int end, int fresh, int[][] prompts) {
        return new Generator(model, CONTEXT, Set.of(end)).generate(greedy(fresh, prompts), TokenListener.NONE);
    }

    /** Answers as Hugging Face's generate gives them: of one length, with the end, and padding after it. */
    private static int[][] filled(List<Answer> answers, int length, int end, int pad) {
        return answers.stream().map(answer -> {
            int[] whole = Arrays.copyOf(answer.ids(), length);
            if (answer.finish() == Answer.Finish.STOP) {
                whole[answer.ids().length] = end;
                Arrays.fill(whole, answer.generated(), length, pad);
            }
            return whole;
        }).toArray(int[][]::new);
    }

    @Test void greedyAnswersWithARepetitionPenaltyAreThoseOfHuggingFace() {
        var golden = Golden.json("sampling/golden.json");
        int[] prompt = ints(golden.path("prompt"));
        int ran = 0;
        for (var generation : golden.path("generations")) {
            if (generation.path("kind").asText().startsWith("greedy repetition_penalty=")) {
                double penalty = Double.parseDouble(generation.path("kind").asText()
                        .substring("greedy repetition_penalty=".length()));
                int[] sequence = ints(generation.path("sequence"));
                int fresh = sequence.length - prompt.length;
                Scope.run(() -> {
                    CausalLm model = ModelFolder.open(Golden.at("models/" + golden.path("base").asText("llama")))
                            .load();
                    Answer answer = new Generator(model, CONTEXT, NO_END)
                            .generate(prompt, new Sampling(fresh, 0, 1, 0, 0, penalty, 0));
                    assertThat(answer.ids()).isEqualTo(Arrays.copyOfRange(sequence, prompt.length, sequence.length));
                });
                ran++;
            }
        }
        Golden.ran("greedy answers with a repetition penalty", ran, ran);
    }

    @Test void aCachedAnswerIsThatOfFullPasses() {
        // Longer than what one pass reads of prompts, so the prompts are read in parts, beside rows that answer
        // already.
        with(model -> {
            int[][] prompts = {prompt(3, 1), prompt(700, 2), prompt(40, 3), prompt(1, 4)};
            List<Answer> answers = new Generator(model, CONTEXT, NO_END)
                    .generate(greedy(12, prompts), TokenListener.NONE);
            for (int row = 0; row < prompts.length; row++) {
                int[] text = prompts[row];
                for (int step = 0; step < 12; step++) {
                    int[] seen = text;
                    int next = Scope.value(() -> model.logits(model.hidden(seen, Pass.single(seen.length))
                            .narrow(0, seen.length - 1, 1)).argmax().toInts()[0]);
                    text = Arrays.copyOf(text, text.length + 1);
                    text[seen.length] = next;
                }
                assertThat(answers.get(row).ids())
                        .isEqualTo(Arrays.copyOfRange(text, prompts[row].length, text.length));
                assertThat(answers.get(row).finish()).isEqualTo(Answer.Finish.LENGTH);
            }
        });
    }

    @Test void anAnswerDoesNotDependOnWhatIsAnsweredBesideIt() {
        with(model -> {
            Sampling warm = new Sampling(20, 1, 0.95, 50, 0.01, 1.1, 5);
            List<Prompt> prompts = List.of(new Prompt(prompt(5, 1), warm, 0),
                    new Prompt(prompt(9, 2), warm.withTemperature(0.6).withMaxNewTokens(7), 1),
                    new Prompt(prompt(5, 1), warm, 2), new Prompt(prompt(30, 3), Sampling.greedy(11), 3));
            Generator generator = new Generator(model, CONTEXT, Set.of(3));
            List<Answer> together = generator.generate(prompts, TokenListener.NONE);
            for (int i = 0; i < prompts.size(); i++) {
                Answer alone = generator.generate(List.of(prompts.get(i)), TokenListener.NONE).get(0);
                assertThat(together.get(i).ids()).isEqualTo(alone.ids());
                assertThat(together.get(i).finish()).isEqualTo(alone.finish());
            }
            assertThat(together.get(0).ids()).as("numbers tell equal prompts apart")
                    .isNotEqualTo(together.get(2).ids());
            assertThat(generator.generate(prompts.get(0).ids(), warm.withSeed(6)).ids()).as("and so do seeds")
                    .isNotEqualTo(together.get(0).ids());
        });
    }

    @Test void anEndTokenEndsTheAnswerAndIsNoPartOfIt() {
        with(model -> {
            int[] free = new Generator(model, CONTEXT, NO_END).generate(prompt(4, 9), Sampling.greedy(10)).ids();
            int end = free[6], at = IntStream.range(0, free.length).filter(i -> free[i] == end).findFirst()
                    .orElseThrow();
            Answer answer = new Generator(model, CONTEXT, Set.of(end)).generate(prompt(4, 9), Sampling.greedy(10));
            assertThat(answer.ids()).isEqualTo(Arrays.copyOf(free, at));
            assertThat(answer.finish()).isEqualTo(Answer.Finish.STOP);
            assertThat(answer.generated()).isEqualTo(at + 1);
        });
    }

    @Test void aTextThatEndsAnswersEndsThemWithItsLastTokenWhereverItBegins() {
        with(400, model -> {
            try (Tokenizer tokenizer = TinyTokenizers.make(folder)) {
                List<Prompt> prompts = greedy(40, prompt(4, 9), prompt(7, 3));
                int[] free = new Generator(model, CONTEXT, NO_END).generate(prompts, TokenListener.NONE).get(0).ids();
                String text = tokenizer.decode(free, true), first = tokenizer.decode(Arrays.copyOf(free, 9), true);
                // from the middle of a token over several to the middle of another
                int from = first.length() + 1;
                String end = text.substring(from, from + 7);
                int last = IntStream.rangeClosed(1, free.length)
                        .filter(n -> tokenizer.decode(Arrays.copyOf(free, n), true).contains(end)).findFirst()
                        .orElseThrow();
                assertThat(last).as("the test's own text").isBetween(10, 39);
                Generator generator = new Generator(model, CONTEXT, new Ending(Set.of(), List.of("never", end)),
                        tokenizer);
                List<Integer> heard = new ArrayList<>();
                List<Answer> answers = generator.with(Adapters.DEFAULT).generate(prompts, (row, id) -> {
                    if (row == 0) {
                        heard.add(id);
                    }
                });
                assertThat(answers.get(0).ids()).isEqualTo(Arrays.copyOf(free, last)).hasSize(heard.size());
                assertThat(answers.get(0).finish()).isEqualTo(Answer.Finish.STOP);
                assertThat(answers.get(0).generated()).as("there is no end token").isEqualTo(last);
                assertThat(generator.generate(prompts.get(0).ids(), Sampling.greedy(last)).finish())
                        .as("with the last token that it may have").isEqualTo(Answer.Finish.STOP);
                assertThat(generator.generate(prompts.get(0).ids(), Sampling.greedy(last - 1)).finish())
                        .isEqualTo(Answer.Finish.LENGTH);
            }
        });
    }

    @Test void anAnswerIsWhatItMustBeHoweverItIsDrawn() {
        with(400, model -> {
            try (Tokenizer tokenizer = TinyTokenizers.make(folder)) {
                Generator generator = new Generator(model, CONTEXT, new Ending(Set.of(399), List.of()), tokenizer);
                AnswerForm schema = new AnswerForm.JsonSchema(parsed("""
                        {"type": "object", "required": ["who", "many"], "properties": {
                         "who": {"enum": ["cat", "老师"]}, "many": {"type": "integer"}, "why": {"type": "string",
                         "maxLength": 8}}}"""));
                int whole = 0;
                for (int seed = 0; seed < 10; seed++) {
                    Sampling sampling = seed == 0 ? Sampling.greedy(120)
                            : new Sampling(120, 1.3, 1, 0, 0, 1, seed);
                    Answer answer = held(generator, schema, sampling, Penalties.NONE);
                    String said = tokenizer.decode(answer.ids(), true);
                    if (answer.finish() == Answer.Finish.STOP) {
                        assertThat(parsed(said).path("many").isIntegralNumber()).as(said).isTrue();
                        assertThat(parsed(said).path("who").asText()).isIn("cat", "老师");
                        whole++;
                    }
                }
                assertThat(whole).isPositive();
                Answer pattern = held(generator, new AnswerForm.Pattern("(yes|no), \\d{3}"), Sampling.greedy(50),
                        new Penalties(0, 0, Map.of(tokenizer.encodePlain("n")[0], -100.0,
                        tokenizer.encodePlain("y")[0], -100.0)));
                assertThat(tokenizer.decode(pattern.ids(), true)).as("what must be goes before a bias")
                        .matches("(yes|no), \\d{3}");
                assertThat(pattern.finish()).isEqualTo(Answer.Finish.STOP);
            }
        });
    }

    private static Answer held(Generator generator, AnswerForm form, Sampling sampling, Penalties penalties) {
        Answer[] said = new Answer[1];
        ContinuousBatch batch = generator.batch(new ContinuousBatch.Room(1, 20, false));
        batch.add(generator.request(Prompt.of(prompt(5, 2), sampling), new GenerationOptions(1,
                java.util.OptionalInt.empty(), penalties, java.util.Optional.of(form)), new AnswerListener() {
            @Override public void token(int choice, int id, java.util.Optional<TokenLogprob> logprob) { }

            @Override public void ended(int choice, Answer answer) { said[0] = answer; }

            @Override public boolean wanted(int choice) { return true; }

            @Override public void failed(RuntimeException cause) { throw cause; }
        }));
        while (!batch.isEmpty()) {
            batch.step();
        }
        return said[0];
    }

    private static com.fasterxml.jackson.databind.JsonNode parsed(String json) {
        try {
            return new com.fasterxml.jackson.databind.ObjectMapper().readTree(json);
        } catch (IOException e) {
            throw new IllegalStateException(json, e);
        }
    }

    @Test void anAnswerEndsAtTheContextAndAPromptThatFillsItIsRefused() {
        with(model -> {
            Generator generator = new Generator(model, 12, NO_END);
            Answer answer = generator.generate(prompt(9, 1), Sampling.greedy(10));
            assertThat(answer.ids()).hasSize(3);
            assertThat(answer.finish()).isEqualTo(Answer.Finish.LENGTH);
            assertThatThrownBy(() -> generator.generate(prompt(12, 1), Sampling.greedy(1)))
                    .isInstanceOf(UserError.class).hasMessageContaining("12 tokens and the model's context is 12");
            assertThatThrownBy(() -> generator.generate(new int[0], Sampling.greedy(1))).isInstanceOf(UserError.class)
                    .hasMessageContaining("empty");
            assertThatThrownBy(() -> generator.generate(new int[] {96}, Sampling.greedy(1)))
                    .isInstanceOf(UserError.class).hasMessageContaining("token id 96");
        });
    }

    @Test void anUnwantedAnswerEndsWithinATokenAndTheOthersGoOn() {
        with(model -> {
            int[][] prompts = {prompt(3, 1), prompt(6, 2), prompt(5, 3)};
            Generator generator = new Generator(model, CONTEXT, NO_END);
            int[][] free = ids(generator.generate(greedy(15, prompts), TokenListener.NONE));
            List<List<Integer>> heard = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            List<String> ends = new ArrayList<>();
            List<Answer> answers = generator.generate(greedy(15, prompts), new TokenListener() {
                @Override public void token(int row, int id) { heard.get(row).add(id); }

                @Override public void ended(int row, Answer answer) {
                    ends.add(row + " " + answer.finish().word() + " after " + heard.get(2).size());
                }

                @Override public boolean wanted(int row) { return row != 0 && (row != 1 || heard.get(1).size() < 4); }
            });
            assertThat(answers.stream().map(Answer::finish))
                    .containsExactly(Answer.Finish.CANCELLED, Answer.Finish.CANCELLED, Answer.Finish.LENGTH);
            assertThat(ends).containsExactly("0 cancelled after 0", "1 cancelled after 4", "2 length after 15");
            assertThat(answers.get(0).ids()).isEmpty();
            assertThat(answers.get(1).ids()).isEqualTo(Arrays.copyOf(free[1], 4));
            assertThat(answers.get(2).ids()).isEqualTo(free[2]);
            assertThat(heard.get(2)).isEqualTo(Arrays.stream(free[2]).boxed().toList());
        });
    }

    @Test void nothingNativeIsLeftBehind() {
        with(model -> {
            Generator generator = new Generator(model, CONTEXT, NO_END);
            List<Prompt> prompts = new ArrayList<>(greedy(5, prompt(3, 1), prompt(8, 2)));
            prompts.add(new Prompt(prompt(4, 3), Sampling.DEFAULTS.withMaxNewTokens(9), 0));
            long before = Scope.live();
            generator.generate(prompts, TokenListener.NONE);
            assertThat(Scope.live()).isEqualTo(before);
            assertThatThrownBy(() -> generator.generate(prompts,
                    (row, id) -> { throw new IllegalStateException("gone"); })).hasMessage("gone");
            assertThat(Scope.live()).isEqualTo(before);
        });
    }

    private void with(Consumer<CausalLm> body) { with(96, body); }

    private void with(int vocabulary, Consumer<CausalLm> body) {
        try {
            Files.writeString(folder.resolve("config.json"), """
                    {"model_type": "llama", "vocab_size": %d, "hidden_size": 32, "intermediate_size": 64, \
                    "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
                     "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "max_position_embeddings": 2048, \
                     "initializer_range": 0.5}""".formatted(vocabulary));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        assertThat(HfConfig.read(folder.resolve("config.json")).vocabulary()).isEqualTo(vocabulary);
        Scope.run(() -> body.accept(ModelFolder.open(folder).initialise(1)));
    }

    private static int[] prompt(int length, long seed) {
        var random = io.weft.tensor.RandomStream.of(seed);
        return IntStream.range(0, length).map(i -> (int) (96 * random.uniform(i))).toArray();
    }

    private static List<Prompt> greedy(int fresh, int[]... prompts) {
        return Arrays.stream(prompts).map(ids -> Prompt.of(ids, Sampling.greedy(fresh))).toList();
    }

    private static int[][] ids(List<Answer> answers) { return answers.stream().map(Answer::ids).toArray(int[][]::new); }

    private static int[][] tails(int[][] rows, int length) {
        return Arrays.stream(rows).map(row -> Arrays.copyOfRange(row, row.length - length, row.length))
                .toArray(int[][]::new);
    }

    private static int[] ints(com.fasterxml.jackson.databind.JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }

    private static int[][] rows(Tensor tensor) {
        int[] flat = tensor.toInts();
        int width = (int) tensor.size(1);
        return IntStream.range(0, flat.length / width)
                .mapToObj(row -> Arrays.copyOfRange(flat, row * width, (row + 1) * width)).toArray(int[][]::new);
    }
}
