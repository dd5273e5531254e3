package io.weft.tune.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.weft.file.JsonFile;
import io.weft.nn.Dropout;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Tensor;
import io.weft.tensor.TensorFile;
import io.weft.tensor.TensorFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;

/**
 * The prefix that ChatGLM's own P-Tuning v2 trains and saves alone (Liu et al. 2021, arXiv:2110.07602): tensors {@code
 * transformer.prefix_encoder.*} in the folder's weights file beside a config.json with {@code pre_seq_len}, or in a
 * prefix_encoder.safetensors. A row of the embedding holds keys and values of all layers as PEFT's prefix does; with
 * {@code prefix_projection} a network makes it.
 */
public final class PrefixEncoderFile {
    public static final String CONFIG = "config.json", BASE_KEY = "_name_or_path";
    private static final String OWN = "prefix_encoder.safetensors", PART = "prefix_encoder.", THEIRS = "trans.",
            OURS = "transform.";
    private static final List<String> WEIGHTS = List.of("model.safetensors", "pytorch_model.bin");
    private final Path folder;
    private final TensorFile file;
    private final Map<String, String> spellings = new LinkedHashMap<>(); // by PromptNetwork's names

    private PrefixEncoderFile(Path folder, Path weights) {
        this.folder = folder;
        file = TensorFiles.open(weights);
        for (String name : file.names()) {
            String own = name.substring(name.indexOf(PART) + PART.length());
            spellings.put(own.startsWith(THEIRS) ? OURS + own.substring(THEIRS.length()) : own, name);
        }
    }

    /** The file in a folder, where it holds such a prefix and nothing else. */
    public static Optional<PrefixEncoderFile> in(Path folder) {
        if (Files.isRegularFile(folder.resolve(OWN))) {
            return Optional.of(new PrefixEncoderFile(folder, folder.resolve(OWN)));
        }
        if (!config(folder).path("pre_seq_len").isInt()) {
            return Optional.empty();
        }
        return WEIGHTS.stream().map(folder::resolve).filter(Files::isRegularFile).findFirst()
                .filter(weights -> TensorFiles.open(weights).names().stream().allMatch(name -> name.contains(PART)))
                .map(weights -> new PrefixEncoderFile(folder, weights));
    }

    private static JsonNode config(Path folder) {
        Path config = folder.resolve(CONFIG);
        return Files.isRegularFile(config) ? JsonFile.object(config) : MissingNode.getInstance();
    }

    /** The model that it was trained on, as its config.json calls it; "" where it does not. */
    public String base() { return config(folder).path(BASE_KEY).asText("").strip(); }

    /** Number of virtual tokens. */
    public int length() { return Math.toIntExact(shape(PromptNetwork.TABLE)[0]); }

    /** Inner width of the network, where one makes the prefix. */
    public OptionalInt hidden() {
        return PromptNetwork.isTable(spellings.keySet()) ? OptionalInt.empty()
                : OptionalInt.of(Math.toIntExact(shape(OURS + "0.weight")[0]));
    }

    private long[] shape(String name) {
        if (!spellings.containsKey(name)) {
            throw UserError.of(say("%s: %s is missing", file.file(), PART + name));
        }
        return file.entry(spellings.get(name)).shape();
    }

    /** What it puts before every document [P, W]. @param width W of the model  @throws UserError where it is another */
    public Tensor vectors(long width) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        spellings.forEach((name, spelling) -> named.put(name, file.read(spelling).to(DType.F32)));
        shape(PromptNetwork.TABLE);
        Tensor vectors = NoGrad.get(() -> new PromptNetwork(named, 0).encode(Dropout.NONE));
        if (vectors.size(1) != width) {
            throw UserError.of(say("%s: its prefix is %d wide, and the model's keys and values of all layers are %d: "
                    + "it was trained on another base", file.file(), vectors.size(1), width));
        }
        return vectors;
    }
}
