package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.weft.nn.Rope;

import static io.weft.problem.Language.say;

/**
 * The rotary frequencies that a config.json asks for: default, linear, dynamic, yarn (Peng et al. 2023,
 * arXiv:2309.00071), longrope (Ding et al. 2024, arXiv:2402.13753) and llama3 scaling, as transformers' {@code
 * modeling_rope_utils} computes them. Dynamic and longrope look at the length of the pass's longest document, and at
 * nothing else: transformers keeps dynamic frequencies from the longest pass so far.
 */
public final class RopeFrequencies {
    private final HfConfig config;
    private final JsonNode parameters;
    private final float[] plain;
    private final double theta;

    private RopeFrequencies(HfConfig config, JsonNode parameters, int rotated, double theta) {
        this.config = config;
        this.parameters = parameters;
        this.theta = theta;
        plain = plain(theta, rotated);
    }

    /**
     * The rotary embedding of heads of this width, from {@code rope_parameters} (transformers 5) or {@code rope_theta}
     * and {@code rope_scaling} (4).
     */
    public static Rope rope(HfConfig config, int headDim) { return new Rope(of(config, headDim), Rope.Pairs.HALVES); }

    /** As {@link #rope(HfConfig, int)}. @param theta where the file names none */
    public static Rope rope(HfConfig config, int headDim, double theta) {
        return new Rope(of(config, headDim, theta), Rope.Pairs.HALVES);
    }

    /**
     * As {@link #rope(HfConfig, int)}, of the first {@code partial_rotary_factor} of each head.
     *
     * @param otherwise the factor where config.json gives none
     */
    public static Rope rope(HfConfig config, int headDim, double otherwise, Rope.Pairs pairs) {
        JsonNode given = config.get("rope_parameters").path("partial_rotary_factor");
        double factor = given.isNumber() ? given.asDouble() : config.number("partial_rotary_factor", otherwise);
        int rotated = (int) (headDim * factor);
        if (rotated < 2 || rotated > headDim || rotated % 2 != 0) {
            throw config.wrong("partial_rotary_factor", given.isNumber() ? given : config.get("partial_rotary_factor"),
                    say("a part of the head's %d elements that is an even number", headDim));
        }
        return new Rope(of(config, rotated), pairs);
    }

    /**
     * From {@code rope_parameters} (transformers 5) or {@code rope_theta} and {@code rope_scaling} (4).
     *
     * @param rotated elements of a head
     * @param theta where the file names none
     */
    static Rope.Frequencies of(HfConfig config, int rotated, double theta) {
        JsonNode found = config.get("rope_parameters").isObject() ? config.get("rope_parameters")
                : config.get("rope_scaling");
        return of(config, found, rotated, config.number("rope_theta", theta));
    }

    /** With theta 10,000 where the file names none, as most families. */
    static Rope.Frequencies of(HfConfig config, int rotated) { return of(config, rotated, 10_000); }

    /** @param found {rope_type, rope_theta, ...}, or no object: the default  @param theta where that names none */
    public static Rope.Frequencies of(HfConfig config, JsonNode found, int rotated, double theta) {
        JsonNode parameters = found.isObject() ? found : MissingNode.getInstance();
        return new RopeFrequencies(config, parameters, rotated, parameters.path("rope_theta").asDouble(theta)).scaled();
    }

    private Rope.Frequencies scaled() {
        String type = parameters.path("rope_type").asText(parameters.path("type").asText("default"));
        return switch (type) {
            case "default" -> Rope.Frequencies.fixed(plain, 1);
            case "linear" -> Rope.Frequencies.fixed(linear(plain, number("factor")), 1);
            case "llama3" -> Rope.Frequencies.fixed(llama3(plain, number("factor"), number("low_freq_factor"),
                    number("high_freq_factor"), originalLength()), 1);
            case "dynamic" -> dynamic(number("factor"), config.integer("max_position_embeddings"));
            case "yarn" -> yarn();
            case "longrope", "su" -> longRope(); // su: what Phi-3 first called it
            default -> throw config.wrong("rope_type", parameters,
            say("a rope_type of default, linear, dynamic, yarn, longrope or llama3"));
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
        double original = originalLength(), factor = factor();
        double low = turning(number("beta_fast", 32), original), high = turning(number("beta_slow", 1), original);
        if (parameters.path("truncate").asBoolean(true)) {
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
        double original = originalLength(), factor = factor();
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
        if (factors.size() != plain.length) {
            throw config.wrong("rope_parameters", parameters, say("a list of %d numbers under %s", plain.length, key));
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
        return config.has(key) ? config.integer(key) : parameters.hasNonNull(key) ? number(key)
                : config.integer("max_position_embeddings");
    }

    /** How many times the trained length is reached. */
    private double factor() {
        return parameters.hasNonNull("factor") ? number("factor")
                : config.integer("max_position_embeddings") / originalLength();
    }

    private double number(String key, double otherwise) { return parameters.hasNonNull(key) ? number(key) : otherwise; }

    private double number(String key) {
        if (!parameters.path(key).isNumber()) {
            throw config.wrong("rope_parameters", parameters, say("a number under %s", key));
        }
        return parameters.path(key).asDouble();
    }
}
