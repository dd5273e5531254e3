package io.weft;

import io.weft.data.Message;
import io.weft.generate.Answer;
import io.weft.generate.Sampling;
import io.weft.loaded.LoadedModel;
import io.weft.model.folder.ModelFolder;
import io.weft.recipe.Recipe;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.token.read.TinySentencePiece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A ChatGLM3 folder as it is published, with a tokenizer.model and neither tokenizer.json nor chat template: tuned,
 * judged, asked and exported.
 */
class ChatGlm3RunTest {
    private static final int PIECES = TinySentencePiece.ofLlama().size(), USER = PIECES + 6, OBSERVATION = PIECES + 8;
    @TempDir Path folder;

    @Test void conversationsAreTunedAnsweredAndExported() throws IOException {
        Path base = base();
        Recipe recipe = Recipe.of(base.toString(), rows().toString())
                .with("data.maxLength=96", "data.heldOut=0.25", "train.steps=40", "train.learningRate=0.02",
                "train.accumulate=1", "data.prompt=template",
                "tuning.lora.targets=[query_key_value, dense, dense_h_to_4h, dense_4h_to_h]");
        Path run = TinyRun.trained(recipe, folder.resolve("run"));
        assertThat(names(run.resolve("adapter"))).contains("adapter_model.safetensors", "tokenizer.model",
                "tokenizer_config.json", "tokenization_chatglm.py")
                .doesNotContain("tokenizer.json", "config.json");
        String[] answers = new String[1];
        Scope.run(() -> {
            try (LoadedModel loaded = LoadedModel.open(run)) {
                assertThat(loaded.ending().ids()).containsExactlyInAnyOrder(2, USER, OBSERVATION);
                int[] ids = loaded.wording().encoder().encodePrompt(List.of(Message.user("the cat")));
                Answer answer = loaded.generator().generate(ids, Sampling.greedy(24));
                assertThat(answer.finish()).isEqualTo(Answer.Finish.STOP);
                answers[0] = loaded.wording().encoder().answerText(answer.ids());
                assertThat(answers[0]).contains("是中国");
                assertThat(loaded.wording().tokenizer().decode(answer.ids(), true)).isEqualTo("\n " + answers[0]);
                loaded.exportMerged(folder.resolve("merged"), Optional.of(DType.F32));
            }
        });
        assertThat(names(folder.resolve("merged"))).contains("config.json", "tokenizer.model", "tokenizer_config.json",
                "tokenization_chatglm.py", "model.safetensors");
        Scope.run(() -> {
            try (LoadedModel merged = LoadedModel.open(folder.resolve("merged"))) {
                assertThat(merged.wording().style().takesSeveralTurns()).isTrue();
                int[] ids = merged.wording().encoder().encodePrompt(List.of(Message.user("the cat")));
                assertThat(merged.wording().encoder().answerText(merged.generator().generate(ids, Sampling.greedy(24))
                        .ids())).isEqualTo(answers[0]);
            }
        });
    }

    private Path base() throws IOException {
        Path base = TinySentencePiece.ofLlama().write(Files.createDirectory(folder.resolve("base")));
        Files.writeString(base.resolve("tokenizer_config.json"),
                "{\"name_or_path\": \"THUDM/chatglm3-6b\", \"tokenizer_class\": \"ChatGLMTokenizer\"}");
        Files.writeString(base.resolve("tokenization_chatglm.py"),
                "role_special_tokens = [\"<|system|>\", \"<|user|>\", \"<|assistant|>\", \"<|observation|>\"]\n");
        Files.writeString(base.resolve("generation_config.json"), "{\"eos_token_id\": 2, \"pad_token_id\": 0}");
        Files.writeString(base.resolve("config.json"), """
                {"model_type": "chatglm", "padded_vocab_size": %d, "hidden_size": 32, "ffn_hidden_size": 48, \
                "num_layers": 2, "num_attention_heads": 4, "multi_query_group_num": 2, "kv_channels": 16,
                 "seq_length": 128, "layernorm_epsilon": 1e-5, "multi_query_attention": true, "add_qkv_bias": true, \
                 "initializer_range": 0.2, "eos_token_id": 2, "pad_token_id": 0, "torch_dtype": "float32"}"""
                .formatted(PIECES + 12));
        ModelFolder model = ModelFolder.open(base);
        Scope.run(() -> model.write(model.initialise(1), base, DType.F32));
        return base;
    }

    private Path rows() throws IOException {
        return Files.writeString(folder.resolve("rows.jsonl"), IntStream.range(0, 16)
                .mapToObj(i ->
                ("{\"messages\": [{\"role\": \"system\", \"content\": \"%s\"}, {\"role\": \"user\", \"content\": \"the "
                + "cat\"}, ")
                .formatted("ab".repeat(i + 1)) + "{\"role\": \"assistant\", \"content\": \"the cat 是中国\"}]}\n")
                .collect(Collectors.joining()));
    }

    private static List<String> names(Path folder) { return Arrays.stream(folder.toFile().list()).sorted().toList(); }
}
