package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.weft.nn.Rope;
import io.weft.problem.UserError;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

import static io.weft.problem.Language.say;

/**
 * The rotary frequencies that a config.json asks for: default, linear, dynamic, yarn (Peng et al. 2023,
 * arXiv:2309.00071), longrope (Ding et al. 2024, arXiv:2402.13753) and llama3 scaling, as transformers' {@code
 * modeling_rope_utils} computes them. Dynamic and longrope look at the length of the pass's longest document, and at
 * nothing else: transformers keeps dynamic frequencies from the longest pass so far.
 */
public final class RopeFrequencies {
    private static final double USUAL_THETA = 10_000;
    /** The keys that each type computes with; beside these transformers passes over all others. */
    private static final Map<String, Set<String>> KEYS = Map.of(
            "default", Set.of(),
            "linear", Set.of("factor"),
            "dynamic", Set.of("factor"),
            "yarn", Set.of("factor", "original_max_position_embeddings", "attention_factor", "beta_fast", "beta_slow",
            "mscale", "mscale_all_dim", "truncate"),
            "longrope", Set.of("factor", "original_max_position_embeddings", "attention_factor", "short_factor",
            "long_factor"),
            "llama3", Set.of("factor", "original_max_position_embeddings", "low_freq_factor", "high_freq_factor"));
    private final HfConfig config;
    private final Parameters given;
    private final JsonNode parameters;
    private final float[] plain;
    private final double theta;

    /**
     * What a config.json says about one rotation.
     *
     * @param key    under which it does
     * @param json   {rope_type, rope_theta, ...}, or no object: the default
     * @param thetaKey the key that gives theta where these do not
     * @param nested whether layers of another kind have parameters of their own
     */
    public record Parameters(String key, JsonNode json, String thetaKey, boolean nested) {}

    private RopeFrequencies(HfConfig config, Parameters given, int rotated) {
        this.config = config;
        this.given = given;
        parameters = given.json();
        theta = theta();
        plain = plain(theta, rotated);
    }

    /**
     * The rotary embedding of heads of this width, from {@code rope_parameters} (transformers 5) or {@code rope_theta}
     * and {@code rope_scaling} (4).
     */
    public static Rope rope(HfConfig config, int headDim) { return rope(config, parameters(config), headDim); }

    /** As {@link #rope(HfConfig, int)}, of one kind of layers. */
    public static Rope rope(HfConfig config, Parameters parameters, int headDim) {
        String key = "partial_rotary_factor";
        boolean inside = parameters.json().has(key);
        JsonNode partial = inside ? parameters.json().path(key) : config.json().path(key);
        boolean whole = partial.isMissingNode() || partial.isNumber() && partial.asDouble() == 1;
        if (!whole && !type(config, parameters).equals("default")) { // transformers passes over it in the default
            throw config.wrong(inside ? parameters.key() + "." + key : key, partial,
                    say("1, as %s rotates whole heads", config.modelType()));
        }
        return new Rope(of(config, parameters, headDim), Rope.Pairs.HALVES);
    }

    /**
     * As {@link #rope(HfConfig, int)}, of the first {@code partial_rotary_factor} of each head.
     *
     * @param otherwise the factor where config.json gives none
     */
    public static Rope rope(HfConfig config, int headDim, double otherwise, Rope.Pairs pairs) {
        Parameters parameters = parameters(config);
        String key = "partial_rotary_factor";
        boolean inside = parameters.json().has(key);
        JsonNode given = inside ? parameters.json().path(key) : config.get(key);
        String named = inside ? parameters.key() + "." + key : key;
        if (!given.isNumber() && (inside || config.has(key))) {
            throw config.wrong(named, given, say("a number"));
        }
        int rotated = (int) (headDim * (given.isNumber() ? given.asDouble() : otherwise));
        if (rotated < 2 || rotated > headDim || rotated % 2 != 0) {
            throw config.wrong(named, given,
                    say("a part of the head's %d elements that is an even number", headDim));
        }
        return new Rope(of(config, parameters, rotated), pairs);
    }

    /**
     * What the file says about the one rotation of all layers. As in transformers 5 {@code rope_scaling}, where it says
     * anything, goes before {@code rope_parameters}, and what stands in these before what stands beside them.
     *
     * @throws UserError when it gives parameters for each kind of layers: the family computes one
     */
    public static Parameters parameters(HfConfig config) {
        String key = isEmpty(config.get("rope_scaling")) ? "rope_parameters" : "rope_scaling";
        JsonNode found = object(config, key, config.get(key));
        found.properties().forEach(entry -> {
            if (entry.getValue().isObject() || entry.getKey().endsWith("_attention")) {
                throw config.wrong(key, found, say("one set of parameters: %s rotates all layers alike, and Weft does "
                        + "not compute \"%s\"", config.modelType(), entry.getKey()));
            }
        });
        return new Parameters(key, found, "rope_theta", false);
    }

    /** @throws UserError when it is set and no object */
    public static JsonNode object(HfConfig config, String key, JsonNode found) {
        if (!found.isObject() && !isEmpty(found)) {
            throw config.wrong(key, found, say("an object {…}"));
        }
        return found.isObject() ? found : MissingNode.getInstance();
    }

    private static boolean isEmpty(JsonNode found) {
        return found.isMissingNode() || found.isNull() || found.isObject() && found.isEmpty();
    }

    /** The kind of scaling. @throws UserError when it is none that Weft computes */
    public static String type(HfConfig config, Parameters parameters) {
        JsonNode json = parameters.json(), found = json.has("rope_type") ? json.path("rope_type") : json.path("type");
        // su: what Phi-3 first called it
        String type = found.isMissingNode() ? "default" : found.asText().equals("su") ? "longrope" : found.asText();
        if (!found.isMissingNode() && !found.isTextual() || !KEYS.containsKey(type)) {
            throw config.wrong(parameters.key(), json,
                    say("a rope_type of default, linear, dynamic, yarn, longrope or llama3"));
        }
        return type;
    }

    /** The keys within {@code rope_scaling} or {@code rope_parameters} that its type does not compute with. */
    static Set<String> unusedKeys(HfConfig config) {
        Set<String> unused = new TreeSet<>();
        for (String key : List.of("rope_scaling", "rope_parameters")) {
            JsonNode found = config.json().path(key);
            addUnused(config, key, found, unused);
            found.properties()
                    .forEach(entry -> addUnused(config, key + "." + entry.getKey(), entry.getValue(), unused));
        }
        return unused;
    }

    private static void addUnused(HfConfig config, String key, JsonNode found, Set<String> unused) {
        JsonNode type = found.has("rope_type") ? found.path("rope_type") : found.path("type");
        Set<String> used = KEYS.getOrDefault(type.asText("default").equals("su") ? "longrope"
                : type.asText("default"), Set.of());
        found.properties().forEach(entry -> {
            String name = entry.getKey();
            if (!entry.getValue().isNull() && !entry.getValue().isObject() && !used.contains(name)
                    && !Set.of("rope_type", "type", "rope_theta").contains(name)
                    && !(name.equals("partial_rotary_factor") && (config.keys().obeys(name)
                    || entry.getValue().asDouble() == 1))) {
                unused.add(key + "." + name);
            }
        });
    }

    /** The frequencies of heads that are rotated whole. */
    static Rope.Frequencies of(HfConfig config, int rotated) { return of(config, parameters(config), rotated); }

    /** @param rotated elements of a head */
    static Rope.Frequencies of(HfConfig config, Parameters parameters, int rotated) {
        return new RopeFrequencies(config, parameters, rotated).scaled();
    }

    private double theta() {
        boolean inside = parameters.has("rope_theta");
        JsonNode found = inside ? parameters.path("rope_theta") : config.get(given.thetaKey());
        if (found.isMissingNode()) {
            return USUAL_THETA;
        }
        if (!found.isNumber() || found.asDouble() <= 0) {
            throw config.wrong(inside ? given.key() + ".rope_theta" : given.thetaKey(), found,
                    say("a number above 0"));
        }
        return found.asDouble();
    }

    private Rope.Frequencies scaled() {
        return switch (type(config, given)) {
            case "default" -> Rope.Frequencies.fixed(plain, 1);
            case "linear" -> Rope.Frequencies.fixed(linear(plain, positive("factor")), 1);
            case "dynamic" -> dynamic(positive("factor"), config.positive("max_position_embeddings"));
            case "yarn" -> yarn();
            case "llama3" -> Rope.Frequencies.fixed(llama3(plain, positive("factor"), positive("low_freq_factor"),
                    positive("high_freq_factor"), originalLength()), 1);
            default -> longRope();
        };
    }

    /** The unscaled ones, [rotated / 2] radians a token. */
    public static float[] plain(double theta, int rotated) {
        float[] frequencies = new float[rotated / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = 1 / (float) Math.pow(theta, (float) (2 * i) / rotated);
        }
        return frequencies;
    }

    /** Slowed by a factor: positions are divided by it. */
    public static float[] linear(float[] plain, double factor) {
        float[] scaled = new float[plain.length];
        for (int i = 0; i < plain.length; i++) {
            scaled[i] = (float) (plain[i] / factor);
        }
        return scaled;
    }

    /** Long waves are slowed by the factor, short ones left, those between interpolated (Llama 3.1). */
    private static float[] llama3(float[] plain, double factor, double lowFactor, double highFactor,
            double originalLength) {
        double longest = originalLength / lowFactor, shortest = originalLength / highFactor;
        float[] scaled = new float[plain.length];
        for (int i = 0; i < plain.length; i++) {
            double wave = 2 * Math.PI / plain[i];
            double smooth = (originalLength / wave - lowFactor) / (highFactor - lowFactor);
            double between = (1 - smooth) * plain[i] / factor + smooth * plain[i];
            scaled[i] = (float) (wave > longest ? plain[i] / factor : wave < shortest ? plain[i] : between);
        }
        return scaled;
    }

    /**
     * Beyond the trained length theta grows so that the slowest wave is slowed by as much as the length has grown
     * (NTK-aware).
     */
    private Rope.Frequencies dynamic(double factor, int trained) {
        int rotated = 2 * plain.length;
        return length -> length <= trained ? plain
                : plain(theta * Math.pow(factor * length / trained - (factor - 1), rotated / (rotated - 2.0)), rotated);
    }

    /**
     * Waves that turn often within the trained length are left, those that turn seldom are slowed by the factor, a ramp
     * lies between; attention is sharpened a little.
     */
    private Rope.Frequencies yarn() {
        double original = originalLength(), factor = factor(true);
        double low = turning(unlessZero("beta_fast", 32), original),
                high = turning(unlessZero("beta_slow", 1), original);
        if (truncates()) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, 2 * plain.length - 1);
        float[] scaled = new float[plain.length];
        for (int i = 0; i < plain.length; i++) {
            double slowed = Math.min(1, Math.max(0, (i - low) / (high == low ? 0.001 : high - low)));
            scaled[i] = (float) (plain[i] / factor * slowed + plain[i] * (1 - slowed));
        }
        double all = number("mscale_all_dim", 0), some = number("mscale", 0);
        double sharper = all != 0 && some != 0 ? sharpness(factor, some) / sharpness(factor, all)
                : sharpness(factor, 1);
        return Rope.Frequencies.fixed(scaled, number("attention_factor", sharper));
    }

    /** Index of the pair that turns this often within the length. */
    private double turning(double times, double length) {
        return plain.length * Math.log(length / (times * 2 * Math.PI)) / Math.log(theta);
    }

    private static double sharpness(double factor, double share) {
        return factor <= 1 ? 1 : 0.1 * share * Math.log(factor) + 1;
    }

    /** Each wave has a factor of its own, one for documents within the trained length and one for longer ones. */
    private Rope.Frequencies longRope() {
        double original = originalLength(), factor = factor(false);
        float[] within = divided("short_factor"), beyond = divided("long_factor");
        double amplitude = number("attention_factor", factor <= 1 ? 1
                : Math.sqrt(1 + Math.log(factor) / Math.log(original)));
        return new Rope.Frequencies() {
            @Override public float[] of(int length) { return length > original ? beyond : within; }

            @Override public double amplitude() { return amplitude; }
        };
    }

    private float[] divided(String key) {
        JsonNode factors = parameters.path(key);
        if (factors.size() != plain.length || StreamSupport.stream(factors.spliterator(), false)
                .anyMatch(factor -> !factor.isNumber() || factor.asDouble() <= 0)) {
            throw wrong(key, say("a list of %d numbers above 0", plain.length));
        }
        float[] divided = new float[plain.length];
        for (int i = 0; i < plain.length; i++) {
            divided[i] = (float) (plain[i] / factors.get(i).asDouble());
        }
        return divided;
    }

    /** The trained length: beside the parameters (Phi-3), among them, or that of the whole config. */
    private double originalLength() {
        String key = "original_max_position_embeddings";
        return !given.nested() && config.has(key) ? config.positive(key) : parameters.hasNonNull(key) ? positive(key)
                : config.positive("max_position_embeddings");
    }

    /**
     * How many times the trained length is reached.
     * @param required whether the key must be there, if only as null
     */
    private double factor(boolean required) {
        return parameters.hasNonNull("factor") || required && !parameters.has("factor") ? positive("factor")
                : config.positive("max_position_embeddings") / originalLength();
    }

    /** Whether the ends of the ramp are rounded. */
    private boolean truncates() {
        if (!parameters.hasNonNull("truncate")) {
            return true;
        }
        // transformers looks for the key outside of nested parameters, and so never obeys it there
        if (!parameters.path("truncate").isBoolean() || given.nested() && !parameters.path("truncate").asBoolean()) {
            throw wrong("truncate", say("true"));
        }
        return parameters.path("truncate").asBoolean();
    }

    /** As Python's {@code or}: 0 is as good as missing. */
    private double unlessZero(String key, double otherwise) {
        double number = number(key, otherwise);
        return number == 0 ? otherwise : number;
    }

    private double number(String key, double otherwise) { return parameters.hasNonNull(key) ? number(key) : otherwise; }

    private double number(String key) {
        if (!parameters.path(key).isNumber()) {
            throw wrong(key, say("a number"));
        }
        return parameters.path(key).asDouble();
    }

    private double positive(String key) {
        if (number(key) <= 0) {
            throw wrong(key, say("a number above 0"));
        }
        return number(key);
    }

    private UserError wrong(String key, String expected) {
        return parameters.has(key) ? config.wrong(given.key() + "." + key, parameters.path(key), expected)
                : UserError.of(say("%s: \"%s\" is missing", config.file(), given.key() + "." + key));
    }
}
