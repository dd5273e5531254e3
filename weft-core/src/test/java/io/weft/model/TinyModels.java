package io.weft.model;

import io.weft.nn.CausalLm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Real models of two narrow layers, of every family, with weights from a seed. */
public final class TinyModels {
    public static final int VOCABULARY = 97;

    private TinyModels() {}

    /** @param family a model_type */
    public static CausalLm of(String family) {
        try {
            Path folder = Files.createTempDirectory("tiny");
            CausalLm model = folder(family, folder).initialise(11);
            Files.delete(folder.resolve("config.json"));
            Files.delete(folder);
            return model;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A folder with a config and no weights. */
    public static ModelFolder folder(String family, Path folder) {
        try {
            Files.writeString(folder.resolve("config.json"), """
                    {"model_type": "%s", "vocab_size": %d, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16,
                     "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "max_position_embeddings": 128, "initializer_range": 0.2, "tie_word_embeddings": true, "sliding_window": 6}""".formatted(family, VOCABULARY));
            return ModelFolder.open(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
