package io.weft.app.quickstart;

import static io.weft.problem.Language.say;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.problem.UserError;
import io.weft.token.BpeTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Everything that the embedded base is made from. {@link #write} leaves a folder in which {@code weft train recipe.yaml} makes the base's weights again. */
public final class BaseRecipe {
    /** Seed of the pretraining text. */
    public static final long SEED = 7;

    /** Documents of the pretraining text; all are read once. */
    public static final int DOCUMENTS = 90_000;

    /** Ends a document, and an answer. */
    public static final String END = "<|endoftext|>";

    private static final int VOCABULARY = 4096;

    /** A Llama of 2.4 million weights; the head is the embedding. */
    private static final String CONFIG = """
            {
              "architectures": ["LlamaForCausalLM"],
              "model_type": "llama",
              "vocab_size": %d,
              "hidden_size": 192,
              "intermediate_size": 512,
              "num_hidden_layers": 4,
              "num_attention_heads": 6,
              "num_key_value_heads": 2,
              "head_dim": 32,
              "hidden_act": "silu",
              "max_position_embeddings": 512,
              "rope_theta": 10000.0,
              "rms_norm_eps": 1e-05,
              "initializer_range": 0.02,
              "tie_word_embeddings": true,
              "attention_bias": false,
              "mlp_bias": false,
              "bos_token_id": null,
              "eos_token_id": %d,
              "torch_dtype": "bfloat16"
            }
            """;

    private static final String RECIPE = """
            # Makes the embedded base of `weft quickstart` again; about half an hour on two cores.
            model: model
            data: {train: text.jsonl, format: text, heldOut: 0.002, maxLength: 256, pack: true}
            tuning: full
            train: {objective: pretrain, epochs: 1, batch: 8, accumulate: 1, learningRate: 2e-3, warmupSteps: 100, schedule: cosine, evalEvery: 500, saveEvery: 1000, seed: 7}
            """;

    private BaseRecipe() { }

    /** Writes text.jsonl, model/ (config.json and the tokenizer, no weights yet), recipe.yaml and instructions.json.  @throws UserError if the folder cannot be written */
    public static void write(Path folder) {
        var documents = PretrainingText.documents(SEED, DOCUMENTS).toList();
        try {
            Path model = Files.createDirectories(folder.resolve("model"));
            int vocabulary = new BpeTrainer(VOCABULARY, List.of(END, "<|pad|>"), END, "<|pad|>").train(documents, model);
            Files.writeString(model.resolve("config.json"), CONFIG.formatted(vocabulary, vocabulary - 2));
            var mapper = new ObjectMapper();
            try (var text = Files.newBufferedWriter(folder.resolve("text.jsonl"))) {
                for (String document : documents) {
                    text.write(mapper.writeValueAsString(Map.of("text", document)) + "\n");
                }
            }
            Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
            Files.writeString(folder.resolve(InstructionSet.RESOURCE), InstructionSet.json(InstructionSet.rows(InstructionSet.SEED, InstructionSet.SIZE)));
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be written (%s); choose another folder", "无法写入 %s（%s）；请换一个目录", folder, e.getMessage()), e);
        }
    }
}
