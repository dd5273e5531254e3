package io.weft.tune;

import io.weft.problem.Problems;
import io.weft.tensor.Tensor;
import io.weft.tensor.TensorFile;
import io.weft.tensor.TensorFiles;
import io.weft.tune.prompt.PromptNames;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static io.weft.problem.Language.say;

/**
 * The tensors of an adapter's file. PEFT's own names are {@code base_model.model.NAME.lora_A.weight}; people's files
 * also hold the name of the adapter (state_dict() has {@code lora_A.default.weight}, which PEFT takes), lack the prefix
 * (transformers' add_adapter), or hold the marks of what a model was wrapped in when it was saved.
 */
final class AdapterTensors implements StoredTensors {
    /** What PEFT's files put before the name of a base's tensor. */
    static final String PREFIX = "base_model.model.";
    /** Parts that wrappers put into names and that name nothing of the model: torch.compile's, FSDP's. */
    private static final Pattern WRAPPER =
            Pattern.compile("(?<=^|\\.)(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\\.");
    /** What DistributedDataParallel puts in front of everything. */
    private static final String PARALLEL = "module.";
    private static final Pattern NAMED_WEIGHT = Pattern.compile("(.*\\.lora_[AB])\\.([^.]+)(\\.(?:weight|bias))"),
            NAMED_VECTOR = Pattern.compile(
            "(.*\\.(?:lora_embedding_[AB]|lora_magnitude_vector|ia3_l))\\.((?!weight$)[^.]+)()(?:\\.weight)?"),
            NAMED_MODULE = Pattern.compile("(.*)\\.modules_to_save\\.([^.]+)(\\.(?:weight|bias))");
    /** The lengths of a DoRA, which are a module of their own in PEFT's memory and a vector in its files. */
    private static final String VECTOR = ".lora_magnitude_vector", VECTOR_IN_MEMORY = VECTOR + ".weight";
    private final TensorFile tensors;
    private final Map<String, String> spellings = new LinkedHashMap<>();

    /** @throws io.weft.problem.UserError when the file holds more than one adapter */
    AdapterTensors(Path path) {
        tensors = TensorFiles.open(path);
        Set<String> adapters = new TreeSet<>();
        Problems problems = new Problems(path.toString());
        for (String spelling : tensors.names()) {
            Matcher named = named(bare(spelling));
            if (named.matches()) {
                adapters.add(named.group(2));
            }
            String name = named.matches() ? named.group(1) + named.group(3) : bare(spelling);
            String other = spellings.put(name, spelling);
            if (other != null && adapters.size() < 2) {
                problems.add(say("%s and %s are the same tensor of the model; save the adapter again", other,
                        spelling));
            }
        }
        if (adapters.size() > 1) {
            problems.add(say("it holds the tensors of several adapters (%s); save the one that you want by itself, "
                    + "with PEFT's save_pretrained(..., selected_adapters=[...])", String.join(", ", adapters)));
        }
        problems.throwIfAny();
    }

    private static String bare(String spelling) {
        String name = WRAPPER.matcher(spelling).replaceAll("");
        name = name.startsWith(PARALLEL) ? name.substring(PARALLEL.length()) : name;
        name = name.endsWith(VECTOR_IN_MEMORY) ? name.substring(0, name.lastIndexOf('.')) : name;
        return PromptNames.named(name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name);
    }

    private static Matcher named(String name) {
        Matcher weight = NAMED_WEIGHT.matcher(name);
        Matcher module = NAMED_MODULE.matcher(name);
        return weight.matches() ? weight : module.matches() ? module : NAMED_VECTOR.matcher(name);
    }

    @Override public Path file() { return tensors.file(); }

    @Override public Set<String> names() { return spellings.keySet(); }

    @Override public String spelling(String name) {
        return spellings.getOrDefault(name, PromptNames.spelt(name, PREFIX));
    }

    @Override public long[] shape(String name) { return tensors.entry(spellings.get(name)).shape(); }

    @Override public Tensor read(String name) { return tensors.read(spellings.get(name)); }
}
