package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

import static io.weft.problem.Language.say;

/** The rotary frequencies that a config.json asks for: default, linear and llama3 scaling, as transformers' {@code modeling_rope_utils} computes them. */
final class RopeFrequencies {
    private RopeFrequencies() {}

    /** [headDim / 2] radians a token. */
    static float[] of(HfConfig config, int headDim) {
        JsonNode parameters = config.get("rope_parameters").isObject() ? config.get("rope_parameters") : config.get("rope_scaling");
        JsonNode scaling = parameters.isObject() ? parameters : MissingNode.getInstance();
        double theta = scaling.path("rope_theta").asDouble(config.number("rope_theta", 10_000));
        String type = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
        float[] plain = plain(theta, headDim);
        return switch (type) {
            case "default" -> plain;
            case "linear" -> linear(plain, number(config, scaling, "factor"));
            case "llama3" -> llama3(plain, number(config, scaling, "factor"), number(config, scaling, "low_freq_factor"), number(config, scaling, "high_freq_factor"),
                    number(config, scaling, "original_max_position_embeddings"));
            default -> throw config.wrong("rope_type", scaling, say("a rope_type of default, linear or llama3", "rope_type 为 default、linear 或 llama3"));
        };
    }

    static float[] plain(double theta, int headDim) {
        float[] frequencies = new float[headDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = 1 / (float) Math.pow(theta, (float) (2 * i) / headDim);
        }
        return frequencies;
    }

    static float[] linear(float[] plain, double factor) {
        float[] scaled = new float[plain.length];
        for (int i = 0; i < plain.length; i++) {
            scaled[i] = (float) (plain[i] / factor);
        }
        return scaled;
    }

    /** Long waves are slowed by the factor, short ones left, those between interpolated (Llama 3.1). */
    static float[] llama3(float[] plain, double factor, double lowFactor, double highFactor, double originalLength) {
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

    private static double number(HfConfig config, JsonNode scaling, String key) {
        if (!scaling.path(key).isNumber()) {
            throw config.wrong("rope_parameters", scaling, say("a number under %s", "%s 应为数字", key));
        }
        return scaling.path(key).asDouble();
    }
}
