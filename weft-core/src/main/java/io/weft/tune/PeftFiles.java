package io.weft.tune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.AtomicFile;
import io.weft.file.JsonFile;
import io.weft.nn.CausalLm;
import io.weft.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** PEFT's two files as they lie in a folder, whatever the method (PEFT 0.20 line; the .bin of old ones is read too). */
final class PeftFiles {
    static final String CONFIG = "adapter_config.json", WEIGHTS = "adapter_model.safetensors";
    /** Value of task_type under which the head reads rows. */
    static final String ROWS_TASK = "SEQ_CLS";
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, SerializationFeature.INDENT_OUTPUT);

    private PeftFiles() {}

    /** Writes both files, each whole or not at all. @param keys of the method, beside those that every one has */
    static void write(CausalLm model, Path folder, String base, String type, Map<String, Object> keys) {
        Map<String, Tensor> spelt = new LinkedHashMap<>();
        model.tuned().forEach((name, tensor) -> spelt.put(AdapterTensors.PREFIX + name, tensor));
        write(model, spelt, folder, base, type, keys);
    }

    /** The same of tensors as PEFT spells them. */
    static void write(CausalLm model, Map<String, Tensor> spelt, Path folder, String base, String type,
            Map<String, Object> keys) {
        TunedFile.write(folder.resolve(WEIGHTS), spelt, name -> name);
        Map<String, Object> config = new TreeMap<>(keys);
        config.put("auto_mapping", null);
        config.put("base_model_name_or_path", base);
        config.put("inference_mode", true);
        config.put("modules_to_save", saved(model, config.get("modules_to_save")));
        config.put("peft_type", type);
        config.put("revision", null);
        config.put("task_type", model.readout().isOfRows() ? ROWS_TASK : "CAUSAL_LM");
        try {
            AtomicFile.write(folder.resolve(CONFIG), JSON.writeValueAsString(config) + "\n");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is saved whole beside the method's own, with the head for rows where there is one; null for nothing. */
    private static Object saved(CausalLm model, Object byMethod) {
        if (!model.readout().isOfRows()) {
            return byMethod;
        }
        Set<Object> all = new LinkedHashSet<>(byMethod instanceof Collection<?> some ? some : List.of());
        all.add(model.head().name());
        return all;
    }

    /** Reads the weights into an adapter that is attached already. */
    static void read(CausalLm model, Path folder) {
        TunedFile.read(new AdapterTensors(weights(folder)), model.tuned());
    }

    /** Old PEFTs wrote a .bin, by torch.save. */
    static Path weights(Path folder) {
        Path old = folder.resolve("adapter_model.bin");
        return Files.exists(old) && !Files.exists(folder.resolve(WEIGHTS)) ? old : folder.resolve(WEIGHTS);
    }

    static ObjectNode config(Path folder) { return JsonFile.object(folder.resolve(CONFIG)); }
}
