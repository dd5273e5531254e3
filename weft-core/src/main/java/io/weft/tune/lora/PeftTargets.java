package io.weft.tune.lora;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/**
 * Which modules PEFT gives an adapter, by {@code target_modules}, {@code exclude_modules}, {@code layers_to_transform}
 * and {@code layers_pattern} of its config; tensors of other modules it passes over without a word.
 */
public final class PeftTargets {
    private static final String ALL_LINEAR = "all-linear";
    /** Where a layer's number stands when the config does not say: the first numbered part of a name. */
    private static final String ANY_LIST = ".*?\\.[^.]*";
    private final JsonNode config;

    /** @param config adapter_config.json */
    public PeftTargets(JsonNode config) { this.config = config; }

    /** Whether the config says it at all; where it does not, PEFT decides by the family. */
    public boolean areNamed() {
        JsonNode targets = config.path("target_modules");
        return targets.isTextual() || targets.isArray() && !targets.isEmpty();
    }

    /** @param module such as "model.layers.0.self_attn.q_proj", not the output head */
    public boolean cover(String module) {
        if (matches(config.path("exclude_modules"), module)) {
            return false;
        }
        for (JsonNode saved : config.path("modules_to_save")) {
            if (ModuleNames.pattern("(^|.*\\.)" + saved.asText() + "($|\\..*)").matcher(module).lookingAt()) {
                return false; // trained whole
            }
        }
        JsonNode targets = config.path("target_modules");
        return targets.asText().equals(ALL_LINEAR)
                || matches(targets, module) && (targets.isTextual() || isChosenLayer(module));
    }

    /** A text is a pattern of whole names; a list holds whole names and ends of names. */
    private static boolean matches(JsonNode named, String module) {
        if (named.isTextual()) {
            return !named.asText().isEmpty() && ModuleNames.pattern(named.asText()).matcher(module).matches();
        }
        for (JsonNode name : named) {
            if (module.equals(name.asText()) || module.endsWith("." + name.asText())) {
                return true;
            }
        }
        return false;
    }

    private boolean isChosenLayer(String module) {
        List<Integer> layers = new ArrayList<>();
        JsonNode chosen = config.path("layers_to_transform");
        (chosen.isInt() ? List.of(chosen) : chosen).forEach(layer -> layers.add(layer.asInt(-1)));
        if (layers.isEmpty()) {
            return true;
        }
        List<String> lists = new ArrayList<>();
        JsonNode named = config.path("layers_pattern");
        (named.isTextual() ? List.of(named) : named).forEach(list -> lists.add("(?:.*?\\.)?" + list.asText()));
        for (String list : lists.isEmpty() ? List.of(ANY_LIST) : lists) {
            Matcher layer = ModuleNames.pattern(list + "\\.(\\d+)\\.").matcher(module);
            if (layer.lookingAt()) {
                return layers.contains(Integer.parseInt(layer.group(layer.groupCount())));
            }
        }
        return false;
    }
}
