package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.JsonFile;
import io.weft.nn.AttentionShape;
import io.weft.nn.LogitTransform.SoftCap;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * A strict view of a model's config.json: every reading names file and key when something is missing or of the wrong
 * kind. Reads the keys of transformers 4 and 5. Knows no family: what one spells otherwise or takes a missing key for
 * is put in by {@link #readAs}.
 */
public final class HfConfig {
    /** Kinds of layers, as {@code layer_types} and newer {@code rope_parameters} name them. */
    public static final String SLIDING = "sliding_attention", FULL = "full_attention";
    /** Where transformers 5 and those before it name the type of the weights. */
    private static final List<String> TYPE_KEYS = List.of("dtype", "torch_dtype");
    private final Path file;
    private final JsonNode root;
    private final Map<String, String> spellings;
    private final FamilyKeys keys;
    private final Set<String> asked;

    private HfConfig(Path file, JsonNode root, Map<String, String> spellings, FamilyKeys keys, Set<String> asked) {
        this.file = file;
        this.root = root;
        this.spellings = spellings;
        this.keys = keys;
        this.asked = asked;
    }

    /** @throws UserError when the file is missing or no JSON object */
    public static HfConfig read(Path file) {
        if (!Files.exists(file)) {
            throw UserError.of(say("%s: no such file; a Hugging Face model folder has one", file));
        }
        return new HfConfig(file, JsonFile.object(file), Map.of(), FamilyKeys.none(), new TreeSet<>());
    }

    /**
     * The same file as a family reads it.
     *
     * @param spellings usual key -> the family's
     * @throws UserError when a value is of the wrong kind, or two keys that mean the same have two values
     */
    public HfConfig readAs(Map<String, String> spellings, FamilyKeys keys) {
        HfConfig read = new HfConfig(file, root, spellings, keys, new TreeSet<>());
        spellings.forEach(read::requireOneValue);
        read.root.fieldNames().forEachRemaining(read::requireKind);
        return read;
    }

    /** A value is of the kind of what a missing one means, whether or not this file has it computed with. */
    private void requireKind(String key) {
        JsonNode found = root.path(key), usual = keys.otherwise(key);
        String kind = usual.isNumber() && !found.isNumber() ? say("a number")
                : usual.isBoolean() && !found.isBoolean() ? say("true or false")
                : usual.isTextual() && !found.isTextual() ? say("a text") : "";
        if (!kind.isEmpty() && !found.isNull()) {
            throw wrong(key, found, kind);
        }
    }

    /** transformers gives the usual key and the family's to one field; two values leave open which is meant. */
    private void requireOneValue(String usual, String own) {
        if (root.hasNonNull(usual) && root.hasNonNull(own) && !root.path(usual).equals(root.path(own))) {
            throw UserError.of(say("%s: \"%s\" is %s, but \"%s\", which means the same, is %s", file, usual,
                    root.path(usual), own, root.path(own)));
        }
    }

    /** The same with another value of one key, as this file spells it. */
    HfConfig with(String key, JsonNode value) {
        return new HfConfig(file, root.<ObjectNode>deepCopy().set(key, value), spellings, keys, asked);
    }

    /** The same file with other contents. */
    HfConfig with(JsonNode contents) { return new HfConfig(file, contents, spellings, keys, asked); }

    /** The same model with no more than so many of its layers, the first ones. */
    public HfConfig withLayers(int count) {
        ObjectNode fewer = root.deepCopy();
        fewer.put(spelt("num_hidden_layers"), Math.min(count, layers()));
        if (fewer.get(spelt("layer_types")) instanceof ArrayNode types) {
            while (types.size() > count) {
                types.remove(types.size() - 1);
            }
        }
        return with(fewer);
    }

    /** The whole file as it is. */
    JsonNode json() { return root; }

    /** The family's. */
    FamilyKeys keys() { return keys; }

    /** The keys that were asked for, as the file spells them. */
    Set<String> asked() { return asked; }

    public Path file() { return file; }

    /** As a file of its own. */
    public String text() { return root.toPrettyString() + "\n"; }

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

    /** Whether the file, or else the family, gives a value that is not null. */
    public boolean has(String key) { return !get(key).isNull() && !get(key).isMissingNode(); }

    /** The raw value; of a missing key what the family takes it for, or a missing node. */
    public JsonNode get(String key) {
        String own = spelt(key);
        asked.add(own);
        JsonNode found = root.has(own) ? root.path(own) : root.path(key);
        return found.isMissingNode() ? keys.otherwise(own) : found;
    }

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

    public boolean flag(String key, boolean otherwise) { return has(key) ? flag(key) : otherwise; }

    public boolean flag(String key) {
        JsonNode value = require(key);
        if (!value.isBoolean()) {
            throw wrong(key, value, say("true or false"));
        }
        return value.asBoolean();
    }

    /**
     * @param names of what this family's code computes, the first one the usual
     * @throws UserError when the text under the key is none of them
     */
    public void requireText(String key, String... names) {
        if (has(key) && !Set.of(names).contains(text(key))) {
            throw wrong(key, get(key), '"' + names[0] + '"');
        }
    }

    /** @throws UserError unless the feed-forward layers are those of nearly all families, SiLU's */
    public void requireSilu() { requireText("hidden_act", "silu", "swish"); }

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

    /** A bound under a key where null means none. */
    public SoftCap softCap(String key) {
        if (!has(key)) {
            return null;
        }
        double limit = number(key);
        if (limit <= 0) {
            throw wrong(key, get(key), say("a number above 0"));
        }
        return new SoftCap(limit);
    }

    /** How many keys a query of a layer with a sliding window sees. @throws UserError when the file gives none */
    public int window() {
        if (!has("sliding_window")) {
            throw wrong("sliding_window", get("sliding_window"),
                    say("a whole number from 1 up, as layers have sliding windows"));
        }
        return positive("sliding_window");
    }

    /** As {@link #window}, of a family all of whose layers have one or none: 0 where the key is null. */
    public int windowOrNone() { return has("sliding_window") ? window() : 0; }

    /**
     * The window of each layer, 0 where it has none: {@code layer_types}, or the rule of older files.
     * @param rule whether a layer, from 0, has a window where the file does not say
     */
    public int[] windows(IntPredicate rule) {
        int[] windows = new int[layers()];
        JsonNode types = get("layer_types");
        if (has("layer_types") && (!types.isArray() || types.size() != windows.length)) {
            throw wrong("layer_types", types, say("a list of %d, one for each layer", windows.length));
        }
        for (int i = 0; i < windows.length; i++) {
            String type = has("layer_types") ? types.path(i).asText() : rule.test(i) ? SLIDING : FULL;
            if (!type.equals(SLIDING) && !type.equals(FULL)) {
                throw wrong("layer_types", types, say("%s or %s", SLIDING, FULL));
            }
            windows[i] = type.equals(SLIDING) ? window() : 0;
        }
        return windows;
    }

    /**
     * As {@link #windows(IntPredicate)}, by Qwen's keys: {@code use_sliding_window} switches the windows of the layers
     * from {@code max_window_layers} up.
     */
    public int[] qwenWindows() {
        boolean slides = flag("use_sliding_window"), has = slides && has("sliding_window");
        int[] windows = windows(layer -> has && layer >= integer("max_window_layers"));
        if (!slides && IntStream.of(windows).anyMatch(window -> window > 0)) {
            throw wrong("use_sliding_window", get("use_sliding_window"),
                    say("true, as \"layer_types\" names layers with a sliding window"));
        }
        return windows;
    }

    public int vocabulary() { return positive("vocab_size"); }

    public int layers() { return positive("num_hidden_layers"); }

    public int width() { return positive("hidden_size"); }

    public double normEpsilon() { return number("rms_norm_eps"); }

    public boolean isTied() { return flag("tie_word_embeddings", false); }

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

    /** Null is absence. */
    private JsonNode require(String key) {
        JsonNode found = get(key).isNull() ? keys.otherwise(spelt(key)) : get(key);
        if (found.isMissingNode() || found.isNull()) {
            throw UserError.of(say("%s: \"%s\" is missing", file, spelt(key)));
        }
        return found;
    }

    /** What a family throws when a value is not what it computes. @param found the value, or what is there instead */
    public UserError wrong(String key, JsonNode found, String expected) {
        return UserError.of(say("%s: \"%s\" is %s; expected %s", file, spelt(key), found, expected));
    }
}
