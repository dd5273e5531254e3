package io.weft.tune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * A LoRA that PEFT began with parts of the base's weights, which it took out of the base ({@code init_lora_weights}
 * "pissa", arXiv:2404.02948, or "olora", arXiv:2406.01775): the file's B A belongs to W - scale B0 A0, and PEFT takes
 * the same parts out of the base whenever it opens the file. Read as the plain LoRA of twice the rank that does the
 * same beside W, [B, -B0] [A; A0], as PEFT converts such adapters itself. B0 A0 comes from the decomposition of W, in
 * which the signs of its vectors fall out.
 */
final class ChangedBase implements StoredTensors {
    private static final String KEY = "init_lora_weights", PISSA = "pissa", OLORA = "olora",
            DOWN = ".lora_A.weight", UP = ".lora_B.weight";
    private final StoredTensors file;
    private final CausalLm model;
    private final boolean pissa;
    private final double scale;
    /** By linear: A0 [rank, I], and B0 [O, rank]; as large as the adapter. */
    private final Map<String, float[]> taken = new HashMap<>();

    private ChangedBase(StoredTensors file, CausalLm model, boolean pissa, double scale) {
        this.file = file;
        this.model = model;
        this.pissa = pissa;
        this.scale = scale;
    }

    /** Whether a config asks for it. PEFT writes pissa in small letters alone. */
    static boolean isAskedFor(JsonNode config) {
        String start = config.path(KEY).asText();
        return config.path("peft_type").asText().equals("LORA")
                && (start.equals(PISSA) || start.toLowerCase(Locale.ROOT).equals(OLORA));
    }

    /** The config of the plain LoRA. */
    static ObjectNode plain(ObjectNode config) {
        ObjectNode plain = config.deepCopy();
        plain.put(KEY, true);
        if (config.path("r").isInt() && config.path("lora_alpha").isNumber()) {
            boolean byRoot = config.path("use_rslora").asBoolean();
            plain.put("r", 2 * config.path("r").asInt());
            plain.put("lora_alpha", config.path("lora_alpha").asDouble() * (byRoot ? Math.sqrt(2) : 2));
        }
        return plain;
    }

    /** The tensors of the plain LoRA. @param scale of both */
    static StoredTensors plain(StoredTensors file, JsonNode config, CausalLm model, double scale) {
        return new ChangedBase(file, model, config.path(KEY).asText().equals(PISSA), scale);
    }

    @Override public Path file() { return file.file(); }

    @Override public Set<String> names() { return file.names(); }

    @Override public String spelling(String name) { return file.spelling(name); }

    @Override public long[] shape(String name) {
        long[] shape = file.shape(name).clone();
        if (shape.length == 2) {
            shape[name.endsWith(DOWN) ? 0 : 1] *= 2;
        }
        return shape;
    }

    @Override public Tensor read(String name) {
        String linear = name.substring(0, name.lastIndexOf(name.endsWith(DOWN) ? DOWN : UP));
        if (!taken.containsKey(linear + DOWN)) {
            Scope.run(() -> NoGrad.run(() -> take(model.linears().get(linear))));
        }
        long[] shape = file.shape(name);
        return Scope.keep(() -> name.endsWith(DOWN)
                ? Tensor.concat(0, List.of(file.read(name).to(DType.F32), Tensor.of(taken.get(name), shape)))
                : Tensor.concat(1, List.of(file.read(name).to(DType.F32), Tensor.of(taken.get(name), shape).neg())));
    }

    private void take(Linear linear) {
        if (linear.weight().isTransposed() && !pissa) {
            throw UserError.of(say("\"%s\" is \"%s\", which PEFT does not compute for weights that are stored the "
                    + "other way round, as those of %s", KEY, OLORA, linear.name()));
        }
        long rank = file.shape(linear.name() + DOWN)[0];
        Tensor weight = linear.weight().wide(DType.F32);
        Tensor.Factors factors = pissa ? weight.contiguous().singularValues() : weight.contiguous().triangular();
        Tensor left = factors.left().narrow(1, 0, rank), right = factors.right().narrow(0, 0, rank);
        if (pissa) {
            Tensor roots = factors.values().narrow(0, 0, rank).mul(1 / scale).sqrt();
            left = left.mul(roots);
            right = right.mul(roots.unsqueeze(1));
        }
        taken.put(linear.name() + DOWN, right.contiguous().toFloats());
        taken.put(linear.name() + UP, left.contiguous().toFloats());
    }
}
