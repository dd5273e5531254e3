package io.weft.tune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.nn.CausalLm;
import io.weft.nn.Weight;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.tune.lora.PeftTargets;
import io.weft.tune.prompt.PrefixEncoderFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * A folder with an adapter in PEFT's two files, adapter_config.json and adapter_model.safetensors. The method is found
 * by its {@code peft_type} among {@link Tunings}; what an adapter asks for beyond it is refused by the key that says
 * so. A prefix of ChatGLM's own P-Tuning v2 is taken for one, too.
 */
public final class AdapterFolder {
    public static final String CONFIG = PeftFiles.CONFIG, WEIGHTS = PeftFiles.WEIGHTS;

    /** The two weights that are one in tied models, which go by the embedding's name. */
    private static final String EMBEDDING = "model.embed_tokens.weight", HEAD = "lm_head.weight";
    /** Values of task_type under which PEFT computes the base's logits; others have another head. */
    private static final List<String> TASKS = List.of("\"CAUSAL_LM\"", "\"FEATURE_EXTRACTION\"");

    private static final String BASE = "base_model_name_or_path";
    private static final List<String> ROWS_TASKS = List.of('"' + PeftFiles.ROWS_TASK + '"');
    private static final String ROWS_HEAD = "score";
    /** The head for rows, as PEFT names it; of these a model has one. */
    private static final Set<String> ROWS_HEADS = Set.of(ROWS_HEAD, "classifier");

    private AdapterFolder() {}

    /** Outputs of the head for rows that the adapter brings; empty where it is one for tokens. */
    public static OptionalInt outputs(Path folder) {
        if (!isPefts(folder) || !isOfRows(PeftFiles.config(folder))) {
            return OptionalInt.empty();
        }
        StoredTensors file = new AdapterTensors(PeftFiles.weights(folder));
        String head = ROWS_HEAD + ".weight";
        if (!file.names().contains(head)) {
            throw UserError.of(say("%s holds no %s, the head that %s (task_type %s) speaks of; save the adapter with "
                    + "modules_to_save: [%s]", file.file(), file.spelling(head), CONFIG, PeftFiles.ROWS_TASK,
                    ROWS_HEAD));
        }
        return OptionalInt.of((int) file.shape(head)[0]);
    }

    private static boolean isOfRows(JsonNode config) {
        return config.path("task_type").asText().equals(PeftFiles.ROWS_TASK);
    }

    /** The head for rows is trained by itself, see {@link TrainedHead}; a method need not know of it. */
    private static JsonNode withoutHead(JsonNode keys) {
        ObjectNode others = keys.deepCopy();
        ArrayNode named = others.arrayNode();
        keys.path("modules_to_save").forEach(name -> {
            if (!ROWS_HEADS.contains(name.asText())) {
                named.add(name);
            }
        });
        others.set("modules_to_save", named.isEmpty() ? others.nullNode() : named);
        return others;
    }

    public static boolean isOne(Path folder) { return isPefts(folder) || PrefixEncoderFile.in(folder).isPresent(); }

    private static boolean isPefts(Path folder) { return Files.isRegularFile(folder.resolve(CONFIG)); }

    /** The file that names the base, and its key there. */
    public static Map.Entry<Path, String> baseKey(Path folder) {
        return isPefts(folder) ? Map.entry(folder.resolve(CONFIG), BASE)
                : Map.entry(folder.resolve(PrefixEncoderFile.CONFIG), PrefixEncoderFile.BASE_KEY);
    }

    /** The base model that the adapter names, as whoever trained it called it; "" where it names none. */
    public static String base(Path folder) {
        if (!isPefts(folder)) {
            return PrefixEncoderFile.in(folder).map(PrefixEncoderFile::base).orElse("");
        }
        JsonNode named = PeftFiles.config(folder).path(BASE);
        return named.isTextual() ? named.asText().strip() : "";
    }

    /** The branch, tag or commit of the base that it was trained on, where it says so. */
    public static Optional<String> baseRevision(Path folder) {
        return Optional.of(folder).filter(AdapterFolder::isPefts)
                .map(pefts -> PeftFiles.config(pefts).path("revision").asText("")).filter(text -> !text.isEmpty()
                && !text.equals("null"));
    }

    /** Reads method and settings. @throws UserError naming every key that asks for more than the method can do */
    public static Adapter settings(Path folder) {
        if (!isPefts(folder)) {
            return PrefixEncoderFile.in(folder).map(AdapterFolder::settings).orElseThrow(() ->
                    UserError.of(say("%s: no such file; an adapter has one", folder.resolve(CONFIG))));
        }
        ObjectNode config = PeftFiles.config(folder);
        return settings(folder, ChangedBase.isAskedFor(config) ? ChangedBase.plain(config) : config, told -> {});
    }

    private static Prefix settings(PrefixEncoderFile file) {
        return new Prefix(file.length(), TokenStart.RANDOM, Optional.empty(), file.hidden().isPresent(), file.hidden());
    }

    private static Adapter settings(Path folder, JsonNode keys, Consumer<String> told) {
        Problems problems = new Problems(folder.resolve(CONFIG).toString());
        List<Adapter> known = Tunings.all().stream().filter(Adapter.class::isInstance).map(Adapter.class::cast)
                .toList();
        String type = keys.path("peft_type").asText();
        Adapter method = known.stream().filter(one -> one.peftType().equals(type)).findFirst().orElse(null);
        if (method == null) {
            problems.add(say("\"peft_type\" is %s; Weft reads %s", keys.path("peft_type"),
                    known.stream().map(Adapter::peftType).collect(Collectors.joining(say(", ")))));
            problems.throwIfAny();
        }
        boolean ofRows = isOfRows(keys);
        PeftConfig config = new PeftConfig(ofRows ? withoutHead(keys) : keys, problems);
        config.refuseUnless("task_type", ofRows ? ROWS_TASKS : TASKS, "");
        Adapter settings = method.ofPeft(config);
        if (!config.isAsked("modules_to_save")) {
            config.refuseUnless("modules_to_save", List.of("[]"), "");
        }
        problems.throwIfAny();
        config.unknown().forEach(unknown -> told.accept(folder.resolve(CONFIG) + ": " + unknown));
        return settings;
    }

    /** As {@link #attach(CausalLm, Path, Consumer)}, for whoever has nobody to tell. */
    public static Adapter attach(CausalLm model, Path folder) { return attach(model, folder, told -> {}); }

    /**
     * Attaches the adapter to its base, at the linears that its file names. Returns its settings.
     *
     * @param told what is worth knowing about its files, line by line
     * @throws UserError when the two do not fit, naming every tensor
     */
    public static Adapter attach(CausalLm model, Path folder, Consumer<String> told) {
        if (!isPefts(folder)) {
            PrefixEncoderFile file = PrefixEncoderFile.in(folder).orElseThrow();
            Prefix prefix = settings(file);
            prefix.attach(model, Scope.keep(() -> file.vectors(prefix.width(model))));
            return prefix;
        }
        ObjectNode config = PeftFiles.config(folder);
        boolean changed = ChangedBase.isAskedFor(config);
        Adapter settings = settings(folder, changed ? ChangedBase.plain(config) : config, told);
        if (isOfRows(config) && !model.readout().isOfRows()) {
            outputs(folder);   // refuses where the file has no head either
            throw UserError.of(say("%s: \"task_type\" is \"%s\", an adapter with a head that reads whole rows; it "
                    + "cannot be put on a model that says tokens", folder.resolve(CONFIG), PeftFiles.ROWS_TASK));
        }
        StoredTensors all = new AdapterTensors(PeftFiles.weights(folder));
        settings.attach(model, all.names());
        StoredTensors file = withoutCopies(all, model);
        if (!model.tuned().isEmpty()) {
            TrainedHead.attach(model, settings);
        } else {
            throw UserError.of(say("%s names no linear of this base model; it was made for %s", file.file(),
                    base(folder)));
        }
        requireAsInPeft(model, folder, new PeftTargets(config), told);
        tellUnsaved(model, folder, (isOfRows(config) ? withoutHead(config) : config).path("modules_to_save"), told);
        TunedFile.read(changed && settings instanceof Lora lora
                ? ChangedBase.plain(file, config, model, lora) : file, model.tuned());
        return settings;
    }

    /**
     * PEFT also saves the embedding and the head when it takes the vocabulary for resized. Copies of the base's say
     * nothing; others would take the base's place.
     */
    private static StoredTensors withoutCopies(StoredTensors file, CausalLm model) {
        Set<String> copies = new HashSet<>();
        Problems problems = new Problems(file.file().toString());
        for (String name : file.names()) {
            if (model.readout().isOfRows() && name.equals(ROWS_HEAD + ".weight")) {
                continue; // trained, whatever the base's own is
            }
            boolean tied = name.equals(HEAD) && !model.weights().containsKey(HEAD);
            Weight own = model.weights().get(tied ? EMBEDDING : name);
            if (own == null || model.tuned().containsKey(name)) {
                continue;
            }
            if (Arrays.equals(own.shape(), file.shape(name)) && Scope.value(() -> file.read(name).to(DType.F32)
                    .sub(own.stored().detach().to(DType.F32)).abs().max().item() == 0)) {
                copies.add(name);
            } else {
                problems.add(say("%s is a whole weight of the base that was changed, and the config's "
                        + "modules_to_save does not name it, as when the vocabulary was resized, which Weft does not "
                        + "support; merge the adapter with PEFT's merge_and_unload()", file.spelling(name)));
            }
        }
        problems.throwIfAny();
        return file.without(copies);
    }

    private static void tellUnsaved(CausalLm model, Path folder, JsonNode saved, Consumer<String> told) {
        for (JsonNode name : saved) {
            if (model.tuned().keySet().stream().noneMatch(tuned -> tuned.contains(name.asText()))) {
                told.accept(say("%s holds no tensors of %s, which %s names in modules_to_save; it stays as it is in "
                        + "the base", PeftFiles.weights(folder), name.asText(), CONFIG));
            }
        }
    }

    /** The file's tensors are those that its config asks for: PEFT passes over others, and leaves out what it lacks. */
    private static void requireAsInPeft(CausalLm model, Path folder, PeftTargets targets, Consumer<String> told) {
        if (!targets.areNamed()) {
            return;
        }
        Set<String> attached = new HashSet<>();
        for (String name : model.tuned().keySet()) {
            if (model.mergedShapes().containsKey(name)) {
                continue; // trained whole, whatever is a target
            }
            for (int dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
                attached.add(name.substring(0, dot));
            }
        }
        List<String> more = new ArrayList<>(), fewer = new ArrayList<>();
        try {
            model.linears().keySet().forEach(linear -> {
                if (attached.contains(linear) != targets.cover(linear)) {
                    (attached.contains(linear) ? more : fewer).add(linear);
                }
            });
        } catch (PatternSyntaxException e) {
            told.accept(say("%s: the pattern %s cannot be read; the adapter is put where its file has tensors",
                    folder.resolve(CONFIG), e.getPattern()));
            return;
        }
        if (!more.isEmpty()) {
            throw UserError.of(say("%s holds tensors of %d modules that target_modules, exclude_modules or "
                    + "layers_to_transform of %s leave out, such as %s; PEFT would pass over them. Mend that file, or "
                    + "save the adapter again", PeftFiles.weights(folder), more.size(), folder.resolve(CONFIG),
                    more.get(0)));
        }
        if (!fewer.isEmpty()) {
            told.accept(say("%s holds no tensors for %d of the modules that %s names, such as %s; these stay as they "
                    + "are in the base", PeftFiles.weights(folder), fewer.size(), CONFIG, fewer.get(0)));
        }
    }
}
