package io.weft.model;

import io.weft.nn.CausalLm;
import java.util.Map;
import java.util.Set;

/**
 * A model family: turns a config and named weights into a {@link CausalLm}. One file a family; add it to {@link
 * Architectures}.
 */
public interface Architecture {
    /** The {@code model_type}s of config.json that it builds. */
    Set<String> modelTypes();

    /**
     * The keys of its config.json that others spell as Hugging Face does now, e.g. {@code num_hidden_layers ->
     * num_layers}; {@link HfConfig} is asked for the usual one.
     */
    default Map<String, String> spellings() { return Map.of(); }

    /**
     * Every key of config.json that {@link #build} reads, as this family spells it, with what a missing one means. A
     * key that is set and is neither here nor known to change nothing is told to the user.
     */
    FamilyKeys keys();

    /** @throws io.weft.problem.UserError when config and weights do not fit it, naming every problem */
    CausalLm build(HfConfig config, Weights weights);
}
