package io.weft.tune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.weft.file.AtomicFile;
import io.weft.nn.CausalLm;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import static io.weft.problem.Language.say;

/** PEFT's two files as they lie in a folder, whatever the method (PEFT 0.20 line; the .bin of old ones is read too). */
final class PeftFiles {
    static final String CONFIG = "adapter_config.json", WEIGHTS = "adapter_model.safetensors";
    /** What PEFT's files put before the name of a base's tensor. */
    static final String PREFIX = "base_model.model.";
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, SerializationFeature.INDENT_OUTPUT);

    private PeftFiles() {}

    /** Writes both files, each whole or not at all. @param keys of the method, beside those that every one has */
    static void write(CausalLm model, Path folder, String base, String type, Map<String, Object> keys) {
        TunedFile.write(folder.resolve(WEIGHTS), model.tuned(), name -> PREFIX + name);
        Map<String, Object> config = new TreeMap<>(keys);
        config.put("auto_mapping", null);
        config.put("base_model_name_or_path", base);
        config.put("inference_mode", true);
        config.put("modules_to_save", null);
        config.put("peft_type", type);
        config.put("revision", null);
        config.put("task_type", "CAUSAL_LM");
        try {
            AtomicFile.write(folder.resolve(CONFIG), JSON.writeValueAsString(config) + "\n");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads the weights into an adapter that is attached already. */
    static void read(CausalLm model, Path folder) {
        TunedFile.read(weights(folder), model.tuned(), name -> PREFIX + name);
    }

    /** Old PEFTs wrote a .bin, by torch.save. */
    static Path weights(Path folder) {
        Path old = folder.resolve("adapter_model.bin");
        return Files.exists(old) && !Files.exists(folder.resolve(WEIGHTS)) ? old : folder.resolve(WEIGHTS);
    }

    static JsonNode config(Path folder) {
        Path file = folder.resolve(CONFIG);
        try {
            JsonNode config = JSON.readTree(Files.readAllBytes(file));
            if (config == null || !config.isObject()) {
                throw UserError.of(say("%s: not a JSON object", file));
            }
            return config;
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }
}
