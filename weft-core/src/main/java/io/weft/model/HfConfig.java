package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.JsonFile;
import io.weft.nn.AttentionShape;
import io.weft.nn.SoftCap;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;

/**
 * A strict view of a model's config.json: every reading names file and key when something is missing or of the wrong
 * kind. Reads the keys of transformers 4 and 5. Knows no family: what one spells otherwise or takes for granted is put
 * in by {@link #readAs}.
 */
public final class HfConfig {
    /** Kinds of layers, as {@code layer_types} and newer {@code rope_parameters} name them. */
    public static final String SLIDING = "sliding_attention", FULL = "full_attention";
    /** Where transformers 5 and those before it name the type of the weights. */
    private static final List<String> TYPE_KEYS = List.of("dtype", "torch_dtype");
    private final Path file;
    private final JsonNode root;
    private final Map<String, String> spellings;
    private final boolean tiedByDefault;

    private HfConfig(Path file, JsonNode root, Map<String, String> spellings, boolean tiedByDefault) {
        this.file = file;
        this.root = root;
        this.spellings = spellings;
        this.tiedByDefault = tiedByDefault;
    }

    /** @throws UserError when the file is missing or no JSON object */
    public static HfConfig read(Path file) {
        if (!Files.exists(file)) {
            throw UserError.of(say("%s: no such file; a Hugging Face model folder has one", file));
        }
        return new HfConfig(file, JsonFile.object(file), Map.of(), false);
    }

    /**
     * The same file as a family reads it.
     *
     * @param spellings usual key -> the family's
     * @param tiedByDefault whether head and embedding are one where the file does not say
     */
    public HfConfig readAs(Map<String, String> spellings, boolean tiedByDefault) {
        return new HfConfig(file, root, spellings, tiedByDefault);
    }

    /** The same with another value of one key, as this file spells it. */
    HfConfig with(String key, JsonNode value) {
        return new HfConfig(file, root.<ObjectNode>deepCopy().set(key, value), spellings, tiedByDefault);
    }

    /** The whole file as it is. */
    JsonNode json() { return root; }

    public Path file() { return file; }

    /** Whether every key that says in which type the weights are stored says this one; fp32 needs no key. */
    public boolean declares(DType type) {
        return TYPE_KEYS.stream().flatMap(key -> root.findValues(key).stream())
                .allMatch(value -> value.asText().equals(name(type)))
                && (type == DType.F32 || TYPE_KEYS.stream().anyMatch(root::has));
    }

    /**
     * This file's JSON, declaring another type of the weights wherever it declares one: "dtype" (transformers 5),
     * "torch_dtype", and both of nested configs; as "torch_dtype", which all versions read, where it declares none.
     */
    public String declaring(DType type) {
        ObjectNode declaring = root.deepCopy();
        for (String key : TYPE_KEYS) {
            declaring.findParents(key).forEach(parent -> ((ObjectNode) parent).put(key, name(type)));
        }
        if (TYPE_KEYS.stream().noneMatch(declaring::has)) {
            declaring.put("torch_dtype", name(type));
        }
        return declaring.toPrettyString();
    }

    private static String name(DType type) {
        return switch (type) {
            case BF16 -> "bfloat16";
            case F16 -> "float16";
            default -> "float32";
        };
    }

    public String modelType() { return text("model_type"); }

    /**
     * The key under which this model's family gives what others give under the usual key; mostly that key itself. All
     * readings here take the usual one.
     */
    public String spelt(String key) { return spellings.getOrDefault(key, key); }

    public boolean has(String key) { return root.hasNonNull(spelt(key)); }

    /** The raw value, or a missing node. */
    public JsonNode get(String key) { return root.path(spelt(key)); }

    public int integer(String key) {
        JsonNode value = require(key);
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.asInt() < 0) {
            throw wrong(key, value, say("a whole number from 0 up"));
        }
        return value.asInt();
    }

    public int integer(String key, int otherwise) { return has(key) ? integer(key) : otherwise; }

    public double number(String key) {
        JsonNode value = require(key);
        if (!value.isNumber()) {
            throw wrong(key, value, say("a number"));
        }
        return value.asDouble();
    }

    public double number(String key, double otherwise) { return has(key) ? number(key) : otherwise; }

    public String text(String key) {
        JsonNode value = require(key);
        if (!value.isTextual()) {
            throw wrong(key, value, say("a text"));
        }
        return value.asText();
    }

    public boolean flag(String key, boolean otherwise) {
        if (!has(key)) {
            return otherwise;
        }
        if (!get(key).isBoolean()) {
            throw wrong(key, get(key), say("true or false"));
        }
        return get(key).asBoolean();
    }

    /** @throws UserError unless the text under the key is the only one that this family's code computes */
    public void requireText(String key, String only) {
        if (has(key) && !text(key).equals(only)) {
            throw wrong(key, get(key), '"' + only + '"');
        }
    }

    /**
     * @param otherwise what the family takes a missing key for
     * @throws UserError unless the flag is true: without it, this family's code computes something else
     */
    public void requireOn(String key, boolean otherwise) {
        if (!flag(key, otherwise)) {
            throw wrong(key, require(key), "true");
        }
    }

    /**
     * @throws UserError unless the key is absent, null, false or 0: what it would switch on, this family's code does
     *     not compute
     */
    public void requireOff(String key) {
        JsonNode value = get(key);
        if (has(key) && !(value.isBoolean() && !value.asBoolean()) && !(value.isNumber() && value.asDouble() == 0)) {
            throw wrong(key, value, say("nothing, as Weft does not compute it"));
        }
    }

    /** A bound under a key where null means none. @param otherwise where the key itself is missing, or null for none */
    public SoftCap softCap(String key, Double otherwise) {
        if (get(key).isNull() || get(key).isMissingNode() && otherwise == null) {
            return null;
        }
        double limit = get(key).isMissingNode() ? otherwise : number(key);
        if (limit <= 0) {
            throw wrong(key, get(key), say("a number above 0"));
        }
        return new SoftCap(limit);
    }

    /**
     * Whether each layer sees a sliding window only: {@code layer_types}, or the rule of older files.
     * @param pattern in these every layer is a sliding one but each {@code pattern}th
     */
    public boolean[] slidingLayers(int pattern) {
        boolean[] sliding = new boolean[layers()];
        JsonNode types = get("layer_types");
        if (has("layer_types") && types.size() != sliding.length) {
            throw wrong("layer_types", types, say("a list of %d, one for each layer", sliding.length));
        }
        for (int i = 0; i < sliding.length; i++) {
            String type = has("layer_types") ? types.path(i).asText() : (i + 1) % pattern == 0 ? FULL : SLIDING;
            if (!type.equals(SLIDING) && !type.equals(FULL)) {
                throw wrong("layer_types", types, say("%s or %s", SLIDING, FULL));
            }
            sliding[i] = type.equals(SLIDING);
        }
        return sliding;
    }

    public int vocabulary() { return positive("vocab_size"); }

    public int layers() { return positive("num_hidden_layers"); }

    public int width() { return positive("hidden_size"); }

    public double normEpsilon() { return number("rms_norm_eps"); }

    public boolean isTied() { return flag("tie_word_embeddings", tiedByDefault); }

    /** The longest context that the model was made for, when the file says. */
    public OptionalInt contextLength() {
        return has("max_position_embeddings") ? OptionalInt.of(integer("max_position_embeddings"))
                : OptionalInt.empty();
    }

    /** Sizes of the attention layers; {@code head_dim} and {@code num_key_value_heads} default as in Hugging Face. */
    public AttentionShape attentionShape(int window) {
        int heads = positive("num_attention_heads"), keyValueHeads = integer("num_key_value_heads", heads);
        if (keyValueHeads < 1 || heads % keyValueHeads != 0) {
            throw wrong("num_key_value_heads", get("num_key_value_heads"),
                    say("a divisor of num_attention_heads %d", heads));
        }
        if (!has("head_dim") && width() % heads != 0) {
            throw wrong("num_attention_heads", get("num_attention_heads"), say("a divisor of hidden_size %d", width()));
        }
        int headDim = integer("head_dim", width() / heads);
        if (headDim < 2 || headDim % 2 != 0) {
            throw wrong("head_dim", get("head_dim"), say("an even number"));
        }
        return new AttentionShape(width(), heads, keyValueHeads, headDim, window);
    }

    /** @throws UserError when the number is 0, or larger than another of the file */
    public int integerUpTo(String key, int most) {
        if (positive(key) > most) {
            throw wrong(key, get(key), say("at most %d", most));
        }
        return integer(key);
    }

    /** @throws UserError when the number does not divide another of the file */
    public int divisorOf(int whole, String key) {
        if (whole % positive(key) != 0) {
            throw wrong(key, get(key), say("a divisor of %d", whole));
        }
        return integer(key);
    }

    /** @throws UserError when it is there and 0 */
    public int positive(String key, int otherwise) { return has(key) ? positive(key) : otherwise; }

    /** @throws UserError when it is 0 */
    public int positive(String key) {
        int value = integer(key);
        if (value < 1) {
            throw wrong(key, get(key), say("a whole number from 1 up"));
        }
        return value;
    }

    private JsonNode require(String key) {
        if (!has(key)) {
            throw UserError.of(say("%s: \"%s\" is missing", file, spelt(key)));
        }
        return get(key);
    }

    /** What a family throws when a value is not what it computes. @param found the value, or what is there instead */
    public UserError wrong(String key, JsonNode found, String expected) {
        return UserError.of(say("%s: \"%s\" is %s; expected %s", file, spelt(key), found, expected));
    }
}
