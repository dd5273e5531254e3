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
import io.weft.tune.lora.FirstFactors;
import io.weft.tune.lora.LowRank;
import io.weft.tune.lora.Pair;
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
    private static final String KEY = "init_lora_weights", PISSA = "pissa", OLORA = "olora", DOWN = Lora.DOWN,
            UP = Lora.UP;
    private final StoredTensors file;
    private final CausalLm model;
    private final boolean pissa;
    private final Lora plain;
    /** By linear: A0 [rank, I], and B0 [O, rank]; as large as the adapter. */
    private final Map<String, float[]> taken = new HashMap<>();

    private ChangedBase(StoredTensors file, CausalLm model, boolean pissa, Lora plain) {
        this.file = file;
        this.model = model;
        this.pissa = pissa;
        this.plain = plain;
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
            double alphas = config.path("use_rslora").asBoolean() ? Math.sqrt(2) : 2;
            plain.put("r", 2 * config.path("r").asInt());
            plain.put("lora_alpha", config.path("lora_alpha").asDouble() * alphas);
            config.path("rank_pattern").properties().forEach(entry -> plain.withObjectProperty("rank_pattern")
                    .put(entry.getKey(), 2 * entry.getValue().asInt()));
            config.path("alpha_pattern").properties().forEach(entry -> plain.withObjectProperty("alpha_pattern")
                    .put(entry.getKey(), alphas * entry.getValue().asDouble()));
        }
        return plain;
    }

    /** The tensors of the plain LoRA. @param plain its settings */
    static StoredTensors plain(StoredTensors file, JsonNode config, CausalLm model, Lora plain) {
        return new ChangedBase(file, model, config.path(KEY).asText().equals(PISSA), plain);
    }

    @Override public Path file() { return file.file(); }

    @Override public Set<String> names() { return file.names(); }

    @Override public String spelling(String name) { return file.spelling(name); }

    @Override public long[] shape(String name) {
        long[] shape = file.shape(name).clone();
        if (isFactor(name)) {
            shape[name.endsWith(DOWN) ? 0 : 1] *= 2;
        }
        return shape;
    }

    private boolean isFactor(String name) {
        return (name.endsWith(DOWN) || name.endsWith(UP)) && file.shape(name).length == 2;
    }

    @Override public Tensor read(String name) {
        if (!isFactor(name)) {
            return file.read(name);
        }
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
        Pair pair = pissa ? FirstFactors.principal(linear, (int) rank, plain.scale(linear.name()))
                : triangular(linear, rank);
        taken.put(linear.name() + DOWN, pair.down().contiguous().toFloats());
        taken.put(linear.name() + UP, pair.up().contiguous().toFloats());
    }

    private static Pair triangular(Linear linear, long rank) {
        Tensor.Factors factors = linear.weight().wide(DType.F32).contiguous().triangular();
        return new Pair(factors.right().narrow(0, 0, rank), factors.left().narrow(1, 0, rank));
    }
}
