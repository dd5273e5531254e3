package io.weft.model.folder;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.AtomicFile;
import io.weft.file.JsonFile;
import io.weft.model.ConfigKeys;
import io.weft.model.Nf4Tensors;
import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Weight;
import io.weft.nn.quant.Nf4Weight;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.SafeTensors.Part;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static io.weft.problem.Language.say;

/**
 * Writes a model as transformers saves one that bitsandbytes quantised to NF4: the linears that {@link Nf4Linears}
 * takes
 * as packed bytes with their scales, everything else in a wide type, and in config.json how to read it.
 */
final class Nf4File {
    private static final String WEIGHT = ".weight", EXPERTS = ".experts.";

    private Nf4File() {}

    /** @param type of what is not quantised, and that the quantised weights had  @throws UserError for experts */
    static void write(CausalLm model, Path file, Path config, DType type) {
        Map<String, Part> parts = new LinkedHashMap<>();
        List<String> kept = new ArrayList<>(List.of(model.head().name()));
        model.mergedShapes().forEach((name, shape) -> {
            Linear linear = name.endsWith(WEIGHT)
                    ? model.linears().get(name.substring(0, name.length() - WEIGHT.length())) : null;
            if (linear == null) {
                parts.put(name, new Part(type, shape, () -> model.merged(name).detach().to(type)));
            } else if (linear.name().contains(EXPERTS)) {
                throw UserError.of(say("%s is an expert's; transformers keeps experts together and bitsandbytes "
                        + "quantises none of them, so no folder of theirs holds such a model in NF4. Export it in 16 "
                        + "bits, or quantise it while Weft reads it: model.quantise: nf4", name));
            } else if (!Nf4Linears.USUAL.takes(linear.name(), linear.weight())) {
                kept.add(linear.name());
                parts.put(name, new Part(type, shape, () -> model.merged(name).detach().to(type)));
            } else {
                Nf4Tensors.of(name, quantised(model, linear, name, type)).forEach((part, tensor) ->
                        parts.put(part, new Part(tensor.type(), tensor.shape(), () -> tensor)));
            }
        });
        // the widest first, so that every tensor begins where its type may
        Map<String, Part> sorted = new LinkedHashMap<>();
        parts.entrySet().stream().sorted(Comparator.comparingInt(part -> -part.getValue().type().bytes()))
                .forEach(part -> sorted.put(part.getKey(), part.getValue()));
        SafeTensors.writeParts(file, sorted);
        writeConfig(config, type, kept.size() == 1 ? List.of() : kept);
    }

    /** The weight as it is where it is quantised and nothing is merged into it. */
    private static Nf4Weight quantised(CausalLm model, Linear linear, String name, DType type) {
        if (linear.delta().isEmpty() && linear.weight() instanceof Nf4Weight already) {
            return already;
        }
        Nf4Weight[] made = new Nf4Weight[1];
        Scope.keepAll(() -> {
            Tensor merged = model.merged(name).detach().to(type);
            made[0] = Nf4Linears.USUAL.quantiser().of(linear.weight().isTransposed()
                    ? new Weight.Transposed(merged) : Weight.of(merged));
            return made[0].parameters().toList();
        });
        return made[0];
    }

    /** @param kept linears that are not quantised, with the head; none for the head alone, which goes without saying */
    private static void writeConfig(Path config, DType type, List<String> kept) {
        ObjectNode root = JsonFile.object(config), quantised = root.putObject(ConfigKeys.QUANTISED);
        quantised.put("quant_method", "bitsandbytes").put("load_in_4bit", true).put("load_in_8bit", false)
                .put("_load_in_4bit", true).put("_load_in_8bit", false).put("bnb_4bit_quant_type", "nf4")
                .put("bnb_4bit_use_double_quant", Nf4Linears.USUAL.quantiser().nested())
                .put("bnb_4bit_quant_storage", "uint8")
                .put("bnb_4bit_compute_dtype", type == DType.BF16 ? "bfloat16" : type == DType.F16 ? "float16"
                        : "float32")
                .put("llm_int8_enable_fp32_cpu_offload", false).put("llm_int8_has_fp16_weight", false)
                .put("llm_int8_threshold", 6.0);
        if (kept.isEmpty()) {
            quantised.putNull("llm_int8_skip_modules");
        } else {
            ArrayNode names = quantised.putArray("llm_int8_skip_modules");
            kept.forEach(names::add);
        }
        AtomicFile.write(config, root.toPrettyString() + "\n");
    }
}
