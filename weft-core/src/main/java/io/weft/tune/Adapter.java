package io.weft.tune;

import io.weft.nn.CausalLm;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * A way of tuning whose result is an adapter beside the base, in PEFT's two files. It says how PEFT spells it; {@link
 * AdapterFolder} finds it by its type.
 */
public interface Adapter extends Tuning {
    /** {@code peft_type} in adapter_config.json, such as "LORA". */
    String peftType();

    /** The method's keys of adapter_config.json: the smallest set that old PEFTs accept. */
    Map<String, Object> peftKeys(CausalLm model);

    /** This method with the settings of a file, which it also asks for what it cannot do. */
    Adapter ofPeft(PeftConfig config);

    /**
     * Attaches what a file has tensors for; their values are read into it afterwards.
     *
     * @param names of the file's tensors, as {@link CausalLm#tuned} names them
     */
    void attach(CausalLm model, Set<String> names);

    /** What LoRA was tuned with (Hu et al. 2021, table 11: 2e-4 for GPT-2 and GPT-3), and QLoRA (table 9) after it. */
    @Override default double learningRate() { return 2e-4; }

    @Override default boolean isAdapter() { return true; }

    @Override default void write(CausalLm model, Path folder, String base) {
        PeftFiles.write(model, folder, base, peftType(), peftKeys(model));
    }

    @Override default void read(CausalLm model, Path folder) { PeftFiles.read(model, folder); }
}
