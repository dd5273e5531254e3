package io.weft.tune;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Batch;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.golden.Golden;
import io.weft.model.GoldenRows;
import io.weft.model.TinyModels;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.objective.BlockWalk;
import io.weft.objective.LossSum;
import io.weft.objective.Sft;
import io.weft.objective.preference.Dpo;
import io.weft.problem.UserError;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tensor.TorchZip;
import io.weft.tune.prompt.PromptNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** What virtual tokens begin as, where they stand, and ChatGLM's own files of them. */
class VirtualTokensTest {
    private static final int[] WORDS = {5, 17, 3, 40}, DOCUMENT = TinyModels.example(9, 5).ids();
    @TempDir Path folder;

    static Stream<String> families() { return TinyModels.families().stream(); }

    /** Windows, rotations, learned positions and scaled embeddings count them as they count tokens. */
    @ParameterizedTest @MethodSource("families")
    void whatBeginsAsWordsSaysWhatTheWordsBeforeTheDocumentSay(String family) {
        Optional<String> words = Optional.of("four words");
        Scope.run(() -> {
            CausalLm base = TinyModels.of(family);
            int[] whole = IntStream.concat(IntStream.of(WORDS), IntStream.of(DOCUMENT)).toArray();
            Tensor expected = base.logits(base.hidden(whole, Pass.single(whole.length)))
                    .narrow(0, WORDS.length, DOCUMENT.length);
            for (Tuning tuning : List.of(new SoftPrompt(WORDS.length, TokenStart.WORDS, words),
                    new Prefix(WORDS.length, TokenStart.WORDS, words, false, OptionalInt.empty()),
                    new Prefix(WORDS.length, TokenStart.WORDS, words, true, OptionalInt.empty()))) {
                CausalLm model = TinyModels.of(family);
                tuning.attach(model, 5, text -> WORDS);
                // the network of a projection is solved for by least squares
                assertThat(difference(said(model, Adapters.DEFAULT, DOCUMENT), expected)).as("%s", tuning)
                        .isLessThan(tuning instanceof Prefix prefix && prefix.projection() ? 2e-3 : 2e-5);
            }
        });
    }

    @Test void whatLeavesNoRoomForRowsIsRefused() {
        List<Tuning> taking = Tunings.all().stream().filter(tuning -> tuning.positions() > 0).toList();
        assertThat(taking).isNotEmpty().allSatisfy(tuning -> {
            int length = tuning.positions();
            assertThat(tuning.crowding(OptionalInt.of(length), 0)).get().asString().contains("leave no room");
            assertThat(tuning.crowding(OptionalInt.of(length + 32), 64)).get().asString()
                    .contains("leave 32").contains("data.maxLength is 64");
            assertThat(tuning.crowding(OptionalInt.of(length + 64), 64)).isEmpty();
        });
    }

    @Test void fewWordsAreRepeatedAndManyAreCutAsInPeft() {
        Scope.run(() -> {
            CausalLm model = TinyModels.of("llama");
            for (int length : new int[] {3, 10}) {
                assertThat(TokenStart.WORDS.ids(length, model, 5, Optional.of("four words"), text -> WORDS))
                        .isEqualTo(IntStream.range(0, length).map(i -> WORDS[i % WORDS.length]).toArray());
            }
        });
    }

    /** Documents of one batch choose among adapters that put different things before them. */
    @ParameterizedTest @MethodSource("families")
    void documentsWithDifferentVirtualTokensGiveTogetherWhatEachGivesAlone(String family) {
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            Prefix prefix = new Prefix(3, TokenStart.VOCABULARY, Optional.empty(), false, OptionalInt.empty());
            SoftPrompt soft = new SoftPrompt(2, TokenStart.VOCABULARY, Optional.empty()),
                    other = new SoftPrompt(4, TokenStart.VOCABULARY, Optional.empty());
            attach(model, "prefix", prefix);
            attach(model, "soft", soft);
            attach(model, "other", other);
            List<Optional<String>> chosen = List.of(Optional.of("soft"), Optional.empty(), Optional.of("prefix"),
                    Optional.of("other"));
            int[] own = {7, 8, 9, 10, 11};
            int[] before = chosen.stream().mapToInt(model::placeholders).toArray();
            assertThat(before).containsExactly(2, 0, 0, 4);
            Batch batch = Batch.of(chosen.stream().map(one -> example(own)).toList()).after(before, false);
            Tensor together = model.logits(model.hidden(batch.ids(),
                    Pass.of(batch.positions(), batch.starts()).with(Adapters.each(chosen))));
            for (int n = 0; n < chosen.size(); n++) {
                Tensor alone = said(model, chosen.get(n).map(Adapters::named).orElse(Adapters.NONE), own);
                assertThat(difference(together.narrow(0, batch.starts()[n] + before[n], own.length), alone))
                        .as("%s", chosen.get(n)).isLessThan(2e-5);
            }
        });
    }

    private static Example example(int[] ids) {
        boolean[] trained = new boolean[ids.length];
        Arrays.fill(trained, true);
        return new Example(ids, trained);
    }

    private static void attach(CausalLm model, String adapter, PromptAdapter tuning) {
        model.attach(adapter, tuning.feed(model, new PromptNetwork(tuning.fresh(model, 5,
                text -> WORDS), 0)));
    }

    /**
     * The last virtual token predicts a document's first one where that is learned, as in PEFT, and the base cannot.
     */
    @Test void theFirstTokenIsLearnedOnlyBehindVirtualTokens() {
        Scope.run(() -> {
            CausalLm model = TinyModels.of("llama");
            Batch batch = Batch.of(List.of(example(DOCUMENT), TinyModels.example(6, 3)));
            long base = new BlockWalk(model).loss(batch, new Sft()).count();
            SoftPrompt.DEFAULTS.attach(model, 5);
            BlockWalk walk = new BlockWalk(model);
            assertThat(walk.loss(batch, new Sft()).count()).isEqualTo(base + 1);
            assertThat(walk.forwardBackward(batch, new Sft(), 1).count()).isEqualTo(base + 1);
            assertThat(walk.loss(batch, new Sft(), Adapters.NONE).count()).isEqualTo(base);
        });
    }

    /** What is compared are the answers' tokens, behind virtual ones and without them: the same at the start. */
    @Test void preferencesAreComparedWithTheModelWithoutVirtualTokens() {
        Scope.run(() -> {
            CausalLm model = TinyModels.of("llama");
            Batch pair = Batch.ofGroups(List.of(new ExampleGroup(List.of(example(DOCUMENT),
                    TinyModels.example(6, 3)))));
            float[] untuned = said(model, Adapters.DEFAULT, DOCUMENT).toFloats();
            SoftPrompt.DEFAULTS.attach(model, 5);
            LossSum sum = new BlockWalk(model).forwardBackward(pair, new Dpo(), 1);
            assertThat(sum.count()).isEqualTo(1);
            assertThat(sum.isFinite()).isTrue();
            assertThat(model.tuned().values()).allMatch(tensor -> tensor.gradient().norm() > 0);
            assertThat(said(model, Adapters.NONE, DOCUMENT).toFloats()).isEqualTo(untuned);
        });
    }

    @Test void chatGlmsOwnPrefixesAgreeWithItsPublishedCode() {
        int ran = 0;
        for (Path found : Golden.folders("peft", "prefix_encoder.safetensors")) {
            Scope.run(() -> {
                JsonNode numbers = Golden.json(found.resolve("golden.json"));
                Map<String, Tensor> golden = SafeTensors.open(found.resolve("golden.safetensors")).readAll();
                Path base = Golden.at("models/" + numbers.path("base").asText());
                assertThat(AdapterFolder.isOne(found)).isTrue();
                CausalLm model = ModelFolder.open(base).load();
                Prefix prefix = (Prefix) AdapterFolder.attach(model, found);
                assertThat(prefix.length()).isEqualTo(numbers.path("pre_seq_len").asInt());
                assertThat(prefix.projection()).isEqualTo(numbers.path("prefix_projection").asBoolean());
                agrees(model, golden);

                // as people's training leaves it, and as PEFT's adapter once Weft has written it
                Path theirs = trainersFolder(found, numbers);
                CausalLm again = ModelFolder.open(base).load();
                assertThat(AdapterFolder.base(theirs)).isEqualTo("THUDM/chatglm3-6b");
                AdapterFolder.attach(again, theirs);
                agrees(again, golden);
                Path pefts = folder.resolve(found.getFileName() + "-peft");
                pefts.toFile().mkdirs();
                prefix.write(again, pefts, "THUDM/chatglm3-6b");
                CausalLm third = ModelFolder.open(base).load();
                AdapterFolder.attach(third, pefts);
                agrees(third, golden);
            });
            ran++;
        }
        Golden.ran("peft, ChatGLM's own prefixes", ran);
    }

    /** A checkpoint of P-Tuning v2: the prefix alone in pytorch_model.bin, beside the whole model's config.json. */
    private Path trainersFolder(Path found, JsonNode numbers) {
        Path made = folder.resolve(found.getFileName());
        try {
            Files.createDirectories(made);
            Files.write(made.resolve("pytorch_model.bin"), TorchZip.holding(SafeTensors.open(
                    found.resolve("prefix_encoder.safetensors")).readAll()).bytes());
            Files.writeString(made.resolve("config.json"), "{\"model_type\": \"chatglm\", \"_name_or_path\": "
                    + "\"THUDM/chatglm3-6b\", \"pre_seq_len\": " + numbers.path("pre_seq_len") + "}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return made;
    }

    private static void agrees(CausalLm model, Map<String, Tensor> golden) {
        int[] row0 = GoldenRows.rows(golden.get("in.ids"))[0];
        assertThat(difference(said(model, Adapters.DEFAULT, row0), golden.get("nopad.logits_row0"))).isLessThan(1e-4);
        int[] row1 = GoldenRows.unpadded(golden, "in.right_ids", "in.right_mask", 1);
        assertThat(difference(said(model, Adapters.DEFAULT, row1), golden.get("right.logits_row1_valid")))
                .isLessThan(1e-4);
        Batch batch = Batch.of(GoldenRows.examples(golden, "in.right_ids", "in.right_labels", "in.right_mask"));
        assertThat(new BlockWalk(model).loss(batch, new Sft()).mean())
                .isCloseTo(golden.get("right.loss").item(), within(2e-5));
    }

    @Test void aPrefixOfAnotherBaseIsRefusedByItsWidth() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"pre_seq_len\": 2}");
        Scope.run(() -> {
            SafeTensors.write(folder.resolve("model.safetensors"),
                    Map.of("transformer.prefix_encoder.embedding.weight", Tensor.zeros(2, 12)));
            assertThatThrownBy(() -> AdapterFolder.attach(TinyModels.of("chatglm"), folder))
                    .isInstanceOf(UserError.class).hasMessageContainingAll("12 wide", "128", "another base");
        });
    }

    @Test void aNetworkThatIsGoneIsToldWhereTrainingWouldGoOnFromIt() {
        Scope.run(() -> {
            CausalLm model = TinyModels.of("llama");
            PTuning.DEFAULTS.attach(model, 5);
            PTuning.DEFAULTS.write(model, folder, "base");
            assertThat(folder.resolve(PromptAdapter.NETWORK).toFile().delete()).isTrue();
            assertThatThrownBy(() -> PTuning.DEFAULTS.read(model, folder)).isInstanceOf(UserError.class)
                    .hasMessageContainingAll(PromptAdapter.NETWORK, "not the network");
        });
    }

    /** Of the document's own tokens. */
    private static Tensor said(CausalLm model, Adapters adapters, int[] ids) {
        int before = model.placeholders(adapters.of(0));
        int[] all = IntStream.concat(IntStream.generate(() -> 0).limit(before), IntStream.of(ids)).toArray();
        return model.logits(model.hidden(all, Pass.single(all.length).with(adapters))).narrow(0, before, ids.length);
    }

    private static double difference(Tensor found, Tensor expected) {
        return Scope.value(() -> found.sub(expected).abs().max().item());
    }
}
