package io.weft.tune;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.nn.CausalLm;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.tensor.TensorFile;
import io.weft.tensor.TensorFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * A folder with an adapter in PEFT's two files, adapter_config.json and adapter_model.safetensors. The method is found
 * by its {@code peft_type} among {@link Tunings}; what an adapter asks for beyond it is refused by the key that says
 * so.
 */
public final class AdapterFolder {
    public static final String CONFIG = PeftFiles.CONFIG, WEIGHTS = PeftFiles.WEIGHTS;

    private AdapterFolder() {}

    public static boolean isOne(Path folder) { return Files.isRegularFile(folder.resolve(CONFIG)); }

    /** The base model that the adapter names, as whoever trained it called it. */
    public static String base(Path folder) {
        return PeftFiles.config(folder).path("base_model_name_or_path").asText("");
    }

    /** Reads method and settings. @throws UserError naming every key that asks for more than the method can do */
    public static Adapter settings(Path folder) {
        JsonNode config = PeftFiles.config(folder);
        Problems problems = new Problems(folder.resolve(CONFIG).toString());
        List<Adapter> known = Tunings.all().stream().filter(Adapter.class::isInstance).map(Adapter.class::cast)
                .toList();
        String type = config.path("peft_type").asText();
        Adapter method = known.stream().filter(one -> one.peftType().equals(type)).findFirst().orElse(null);
        if (method == null) {
            problems.add(say("\"peft_type\" is %s; Weft reads %s", config.path("peft_type"),
                    known.stream().map(Adapter::peftType).collect(Collectors.joining(say(", ")))));
        }
        Adapter settings = method == null ? null : method.ofPeft(new PeftConfig(config, problems));
        problems.throwIfAny();
        return settings;
    }

    /**
     * Attaches the adapter to its base, at the linears that its file names. Returns its settings.
     *
     * @throws UserError when the two do not fit, naming every tensor
     */
    public static Adapter attach(CausalLm model, Path folder) {
        Adapter settings = settings(folder);
        TensorFile file = TensorFiles.open(PeftFiles.weights(folder));
        Set<String> names = file.names().stream().filter(name -> name.startsWith(PeftFiles.PREFIX))
                .map(name -> name.substring(PeftFiles.PREFIX.length())).collect(Collectors.toSet());
        settings.attach(model, names);
        if (model.tuned().isEmpty()) {
            throw UserError.of(say("%s names no linear of this base model; it was made for %s", file.file(),
                    base(folder)));
        }
        PeftFiles.read(model, folder);
        return settings;
    }
}
