package io.weft.base;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.problem.UserError;
import io.weft.token.BpeTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static io.weft.problem.Language.say;

/**
 * Everything that the embedded base is made from. {@link #write} leaves a folder in which {@code weft train first.yaml
 * --out first} and then {@code weft train second.yaml --out second} make its weights again.
 */
public final class BaseRecipe {
    /** Seed of the pretraining text. */
    public static final long SEED = 7;

    /** Documents of the first part, which only repeats names and numbers. */
    public static final int REPETITIONS = 18_000;

    /** Documents that the tokenizer learns from; the second part reads the first 40,000 of them. */
    public static final int DOCUMENTS = 60_000;

    /** Ends a document, and an answer. */
    public static final String END = "<|endoftext|>";

    private static final String PAD = "<|pad|>";

    private static final int VOCABULARY = 4096;

    /** A Llama of 2.6 million weights; the head is the embedding. */
    private static final String CONFIG = """
            {
              "architectures": ["LlamaForCausalLM"],
              "model_type": "llama",
              "vocab_size": %d,
              "hidden_size": 192,
              "intermediate_size": 512,
              "num_hidden_layers": 4,
              "num_attention_heads": 3,
              "num_key_value_heads": 3,
              "head_dim": 64,
              "hidden_act": "silu",
              "max_position_embeddings": 512,
              "rope_theta": 10000.0,
              "rms_norm_eps": 1e-05,
              "initializer_range": 0.08,
              "tie_word_embeddings": true,
              "attention_bias": false,
              "mlp_bias": false,
              "bos_token_id": null,
              "eos_token_id": %d,
              "torch_dtype": "bfloat16"
            }
            """;

    private static final String FIRST = """
            # First part of the embedded base: copying. `weft train first.yaml --out first`
            model: model
            data: {train: repetitions.jsonl, format: text, heldOut: 0.005, maxLength: 256, pack: true}
            tuning: full
            train: {objective: pretrain, epochs: 1, batch: 4, accumulate: 1, learningRate: 2e-3, warmupSteps: 50, \
            schedule: constant, evalEvery: 250, saveEvery: 500, seed: 7}
            """;

    private static final String SECOND = """
            # Second part: the text. `weft train second.yaml --out second`; second/model is the embedded base.
            model: first/model
            data: {train: text.jsonl, format: text, rows: 40000, heldOut: 0.005, maxLength: 256, pack: true}
            tuning: full
            train: {objective: pretrain, epochs: 1, batch: 4, accumulate: 1, learningRate: 2e-3, warmupSteps: 50, \
            schedule: cosine, evalEvery: 500, saveEvery: 1000, seed: 7}
            """;

    private BaseRecipe() { }

    /**
     * Writes the two texts, model/ (config.json and the tokenizer, no weights yet), a recipe for each part and
     * instructions.json.
     *
     * @throws UserError if the folder cannot be written
     */
    public static void write(Path folder) {
        var repetitions = PretrainingText.repetitions(SEED, REPETITIONS).toList();
        var documents = PretrainingText.documents(SEED, DOCUMENTS).toList();
        try {
            Path model = Files.createDirectories(folder.resolve("model"));
            int vocabulary = new BpeTrainer(VOCABULARY, List.of(END, PAD), END, PAD).train(documents, model);
            Files.writeString(model.resolve("config.json"), CONFIG.formatted(vocabulary, vocabulary - 2));
            writeRows(folder.resolve("repetitions.jsonl"), repetitions);
            writeRows(folder.resolve("text.jsonl"), documents);
            Files.writeString(folder.resolve("first.yaml"), FIRST);
            Files.writeString(folder.resolve("second.yaml"), SECOND);
            Files.writeString(folder.resolve(InstructionSet.RESOURCE),
                    InstructionSet.json(InstructionSet.rows(InstructionSet.SEED, InstructionSet.SIZE)));
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be written (%s); choose another folder", folder, e.getMessage()), e);
        }
    }

    private static void writeRows(Path file, List<String> documents) throws IOException {
        var mapper = new ObjectMapper();
        try (var out = Files.newBufferedWriter(file)) {
            for (String document : documents) {
                out.write(mapper.writeValueAsString(Map.of("text", document)) + "\n");
            }
        }
    }
}
