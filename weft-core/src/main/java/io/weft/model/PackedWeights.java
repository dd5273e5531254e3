package io.weft.model;

import io.weft.problem.UserError;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;

import static io.weft.problem.Language.say;

/**
 * Stored tensors that are no weights by themselves: integers and packed bits, which need scales that Weft does not
 * apply. Those of NF4 it does, see {@link Nf4Tensors}.
 */
final class PackedWeights {
    /** Endings of tensors' names, and what writes them. */
    private static final Map<String, String> WRITERS = Map.ofEntries(Map.entry(".qweight", "GPTQ, AWQ"),
            Map.entry(".qzeros", "GPTQ, AWQ"), Map.entry(".weight_packed", "compressed-tensors"),
            Map.entry(".weight_scale", "fp8, int8"), Map.entry(".weight_scale_inv", "fp8"),
            Map.entry(".weight.absmax", "bitsandbytes"), Map.entry(".weight.quant_map", "bitsandbytes"),
            Map.entry(".SCB", "bitsandbytes"), Map.entry(".weight_format", "bitsandbytes"),
            Map.entry(".W_q", "HQQ"));

    private PackedWeights() {}

    /** @throws UserError when there are tensors that only quantised models have */
    static void refuse(String subject, Collection<String> names) {
        for (String name : names) {
            if (Nf4Tensors.isBeside(name, names)) {
                continue;
            }
            for (Map.Entry<String, String> writer : WRITERS.entrySet()) {
                if (name.endsWith(writer.getKey())) {
                    throw UserError.of(say("%s: its weights are quantised (%s, as %s writes them); Weft reads weights "
                            + "that are stored as F32, BF16, F16 or F64, or by bitsandbytes as NF4. Take the model's "
                            + "folder that is not "
                            + "quantised, often the same name without the ending", subject, name, writer.getValue()));
                }
            }
        }
    }

    /** What is said of a tensor whose elements are no numbers to multiply with. */
    static UserError noWeight(Path file, String name, String type) {
        return UserError.of(say("%s: %s is stored as %s, which is no weight by itself (a quantised one?); Weft reads "
                + "weights that are stored as F32, BF16, F16 or F64, or by bitsandbytes as NF4. Take the model's "
                + "folder that is not quantised",
                file, name, type));
    }
}
