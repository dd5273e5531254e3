package io.weft.tune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.weft.file.AtomicFile;
import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tensor.TensorFile;
import io.weft.tensor.TensorFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import static io.weft.problem.Language.say;

/**
 * PEFT's two files, adapter_config.json and adapter_model.safetensors (PEFT 0.20 line; the .bin of old ones is read
 * too), for LoRA. What an adapter asks for beyond plain LoRA is refused by the key that says so.
 */
public final class AdapterFolder {
    public static final String CONFIG = "adapter_config.json", WEIGHTS = "adapter_model.safetensors";
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, SerializationFeature.INDENT_OUTPUT);
    private static final String PREFIX = "base_model.model.";
    /**
     * Keys of PEFT that change what is computed, with the values under which they change nothing. As in PEFT, the base
     * decides about fan_in_fan_out, not the file.
     */
    private static final Map<String, List<String>> ONLY = new TreeMap<>(Map.ofEntries(
            Map.entry("bias", List.of("\"none\"")), Map.entry("use_rslora", List.of("false")),
            Map.entry("use_dora", List.of("false")),
            Map.entry("lora_bias", List.of("false")), Map.entry("rank_pattern", List.of("{}")),
            Map.entry("alpha_pattern", List.of("{}")), Map.entry("modules_to_save", List.of("[]")),
            Map.entry("layer_replication", List.of()), Map.entry("target_parameters", List.of("[]")),
            Map.entry("trainable_token_indices", List.of()),
            Map.entry("alora_invocation_tokens", List.of()), Map.entry("arrow_config", List.of()),
            Map.entry("use_qalora", List.of("false")), Map.entry("use_bdlora", List.of("false")),
            // pissa, olora, corda, loftq, lora_ga take their start out of the base's weights, so the adapter fits no
            // other
            Map.entry("init_lora_weights", List.of("true", "false", "\"gaussian\"", "\"orthogonal\"", "\"eva\"")),
            Map.entry("kasa_config", List.of()), Map.entry("velora_config", List.of()),
            Map.entry("monteclora_config", List.of())));

    private AdapterFolder() {}

    public static boolean isOne(Path folder) { return Files.isRegularFile(folder.resolve(CONFIG)); }

    /** The base model that the adapter names, as whoever trained it called it. */
    public static String base(Path folder) { return config(folder).path("base_model_name_or_path").asText(""); }

    /** Reads the settings. @throws UserError naming every key that asks for more than plain LoRA */
    public static Lora settings(Path folder) {
        JsonNode config = config(folder);
        Problems problems = new Problems(folder.resolve(CONFIG).toString());
        if (!config.path("peft_type").asText().equals("LORA")) {
            problems.add(say("\"peft_type\" is %s; Weft reads LORA", config.path("peft_type")));
        }
        ONLY.forEach((key, allowed) -> {
            JsonNode value = config.path(key);
            if (!value.isMissingNode() && !value.isNull() && !allowed.contains(value.toString())) {
                problems.add(say("\"%s\" is %s, which Weft does not support yet", key, value));
            }
        });
        if (!config.path("r").isInt() || config.path("r").asInt() < 1) {
            problems.add(say("\"r\" is %s; expected a whole number from 1 up", config.path("r")));
        }
        if (!config.path("lora_alpha").isNumber()) {
            problems.add(say("\"lora_alpha\" is %s; expected a number", config.path("lora_alpha")));
        }
        problems.throwIfAny();
        List<String> targets = new ArrayList<>();
        JsonNode named = config.path("target_modules");
        (named.isArray() ? named : List.<JsonNode>of()).forEach(target -> targets.add(target.asText()));
        return new Lora(config.path("r").asInt(), config.path("lora_alpha").asDouble(),
                config.path("lora_dropout").asDouble(0), targets);
    }

    /**
     * Attaches the adapter to its base, at the linears that its file names. Returns its settings.
     *
     * @throws UserError when the two do not fit, naming every tensor
     */
    public static Lora attach(CausalLm model, Path folder) {
        Lora settings = settings(folder);
        TensorFile file = TensorFiles.open(weights(folder));
        Map<String, Linear> touched = new LinkedHashMap<>();
        for (Linear linear : model.linears().values()) {
            if (file.names().stream().anyMatch(name -> name.startsWith(PREFIX + linear.name() + ".lora_"))) {
                touched.put(linear.name(), linear);
            }
        }
        if (touched.isEmpty()) {
            throw UserError.of(say("%s names no linear of this base model; it was made for %s", file.file(),
                    base(folder)));
        }
        long place = 0;
        for (Linear linear : touched.values()) {
            settings.attach(model, linear, Scope.keep(() -> Tensor.zeros(settings.rank(), linear.inputs())),
                    Scope.keep(() -> Tensor.zeros(linear.outputs(), settings.rank())), place++);
        }
        read(model, folder);
        return settings;
    }

    /** Reads the weights into an adapter that is attached already. */
    static void read(CausalLm model, Path folder) {
        TunedFile.read(weights(folder), model.tuned(), name -> PREFIX + name);
    }

    /** Old PEFTs wrote a .bin, by torch.save. */
    private static Path weights(Path folder) {
        Path old = folder.resolve("adapter_model.bin");
        return Files.exists(old) && !Files.exists(folder.resolve(WEIGHTS)) ? old : folder.resolve(WEIGHTS);
    }

    /** Writes both files, each whole or not at all, with the smallest set of keys that old PEFTs accept. */
    static void write(CausalLm model, Lora lora, Path folder, String base) {
        TunedFile.write(folder.resolve(WEIGHTS), model.tuned(), name -> PREFIX + name);
        Map<String, Object> config = new TreeMap<>();
        config.put("auto_mapping", null);
        config.put("base_model_name_or_path", base);
        config.put("bias", "none");
        config.put("fan_in_fan_out", lora.matched(model).stream().anyMatch(linear -> linear.weight().isTransposed()));
        config.put("inference_mode", true);
        config.put("init_lora_weights", true);
        config.put("layers_pattern", null);
        config.put("layers_to_transform", null);
        config.put("lora_alpha", lora.alpha() == Math.rint(lora.alpha()) ? (Object) (long) lora.alpha()
                : (Object) lora.alpha());
        config.put("lora_dropout", lora.dropout());
        config.put("modules_to_save", null);
        config.put("peft_type", "LORA");
        config.put("r", lora.rank());
        config.put("revision", null);
        config.put("target_modules", new TreeSet<>(lora.targets().equals(List.of(Lora.ALL_LINEAR))
                ? lora.matched(model).stream().map(Linear::lastName).toList() : lora.targets()));
        config.put("task_type", "CAUSAL_LM");
        try {
            AtomicFile.write(folder.resolve(CONFIG), JSON.writeValueAsString(config) + "\n");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode config(Path folder) {
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
