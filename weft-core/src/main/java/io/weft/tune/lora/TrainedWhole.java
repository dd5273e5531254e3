package io.weft.tune.lora;

import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.NamedNorm;
import io.weft.nn.Norm;
import io.weft.nn.Weight;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Names;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Word;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * What is trained whole beside the updates, as copies in fp32: the base's own stay as they are.
 *
 * @param modulesToSave names of the head, the embedding, linears or norms of which copies are trained (PEFT's {@code
 *     modules_to_save}); head and embedding of a tied model become two matrices
 * @param bias          which biases are trained
 */
public record TrainedWhole(List<String> modulesToSave, Bias bias) {
    public static final TrainedWhole NONE = new TrainedWhole(List.of(), Bias.NONE);
    public static final Section<TrainedWhole> SECTION = Section.within("whole", NONE,
            Setting.of("modulesToSave", new Names(text("names of modules, perhaps none")).orNone(),
                    text("modules of which a whole copy is trained: lm_head, embed_tokens, norms, linear layers")),
            Setting.of("bias", OneOf.of(Bias.class), text("biases to train: none, all, or those of the targets")));
    private static final String WEIGHT = ".weight", BIAS = ".bias";

    /** Which biases are trained. */
    public enum Bias implements Word { NONE, ALL, LORA_ONLY }

    public TrainedWhole { modulesToSave = List.copyOf(modulesToSave); }

    /** The whole names of all modules that have weights: linears, norms, embedding, head. */
    public static Set<String> modules(CausalLm model) {
        Set<String> modules = new TreeSet<>(model.linears().keySet());
        modules.addAll(model.norms().keySet());
        modules.add(model.embeddingName());
        modules.add(model.head().name());
        return modules;
    }

    /** Those of {@link #modules} that are to be saved, by their whole names. */
    public List<String> saved(CausalLm model) {
        return modulesToSave.isEmpty() ? List.of()
                : modules(model).stream().filter(module -> ModuleNames.match(modulesToSave, module)).toList();
    }

    public boolean trainsBiases() { return bias != Bias.NONE; }

    /**
     * Trains copies of the modules, and of the biases of everything but the targets. @param targets names of linears
     */
    public void attach(CausalLm model, Set<String> targets) {
        List<String> saved = saved(model);
        saved.forEach(module -> attachCopy(model, module));
        if (bias == Bias.ALL) {
            modules(model).stream().filter(module -> !targets.contains(module) && !saved.contains(module)
                    && hasBias(model, module)).forEach(module -> attachBias(model, module));
        }
    }

    /** Attaches what a file has of it; the values are read afterwards. @param names of the file's tensors */
    public void attach(CausalLm model, Set<String> targets, Set<String> names) {
        for (String module : modules(model)) {
            if (names.contains(module + WEIGHT) && isNamed(module)) {
                attachCopy(model, module);
            } else if (names.contains(module + BIAS) && bias == Bias.ALL && !targets.contains(module)
                    && hasBias(model, module)) {
                attachBias(model, module);
            }
        }
    }

    /** As PEFT compares names: by their ends, whatever stands before; what is in a named module belongs to it. */
    private boolean isNamed(String module) {
        return modulesToSave.stream().anyMatch(name -> module.endsWith(name) || module.startsWith(name + ".")
                || module.contains("." + name + "."));
    }

    /** What does not fit a model, by the setting. @param covered the linears that have updates */
    public Map<String, String> misfits(CausalLm model, List<Linear> covered) {
        Map<String, String> misfits = new LinkedHashMap<>();
        List<String> unsaved = ModuleNames.unmatched(modulesToSave, modules(model));
        if (!unsaved.isEmpty()) {
            misfits.put("modulesToSave", say("%s matches no module of the model (it has %s)",
                    String.join(say(", "), unsaved), modules(model).stream()
                    .map(name -> name.substring(name.lastIndexOf('.') + 1)).distinct().sorted()
                    .collect(Collectors.joining(say(", ")))));
        }
        if (bias == Bias.ALL && modules(model).stream().noneMatch(module -> hasBias(model, module))
                || bias == Bias.LORA_ONLY && covered.stream().noneMatch(linear -> linear.bias() != null)) {
            misfits.put("bias", bias == Bias.ALL ? say("the model has no bias to train; leave it at none")
                    : say("no target has a bias to train; leave it at none"));
        }
        return misfits;
    }

    /** The keys of PEFT's config. @param model that it is attached to */
    public Map<String, Object> peftKeys(CausalLm model) {
        Map<String, Object> keys = new TreeMap<>();
        keys.put("bias", bias == Bias.LORA_ONLY ? "lora_only" : bias.word());
        // whole names: PEFT takes every module whose name only ends so
        List<String> saved = modules(model).stream().filter(module -> model.tuned().containsKey(module + WEIGHT))
                .toList();
        if (!saved.isEmpty()) {
            keys.put("modules_to_save", saved);
        }
        return keys;
    }

    private static boolean hasBias(CausalLm model, String module) {
        Linear linear = model.linears().get(module);
        NamedNorm norm = model.norms().get(module);
        return linear != null && linear.bias() != null || norm != null && norm.own().parameters().count() > 1;
    }

    private static void attachCopy(CausalLm model, String module) {
        if (module.equals(model.embeddingName())) {
            model.attachEmbedding(Weight.of(tuned(model, module + WEIGHT, model.embedding().stored())));
        } else if (model.norms().containsKey(module)) {
            NamedNorm norm = model.norms().get(module);
            List<Tensor> own = norm.own().parameters().toList(), copies = new ArrayList<>();
            for (int i = 0; i < own.size(); i++) {
                copies.add(tuned(model, module + (i == 0 ? WEIGHT : BIAS), own.get(i)));
            }
            norm.attach(norm.own().with(copies));
        } else {
            Linear own = module.equals(model.head().name()) ? model.head() : model.linears().get(module);
            Tensor matrix = tuned(model, module + WEIGHT, own.weight().stored());
            Tensor bias = own.bias() == null ? null : tuned(model, module + BIAS, own.bias());
            own.attach(new Copy(own.with(
                    own.weight().isTransposed() ? new Weight.Transposed(matrix) : Weight.of(matrix), bias),
                    bias == null ? List.of(matrix) : List.of(matrix, bias)));
        }
    }

    private static void attachBias(CausalLm model, String module) {
        Linear linear = model.linears().get(module);
        if (linear != null) {
            Tensor bias = tuned(model, module + BIAS, linear.bias());
            linear.attach(new Copy(linear.with(linear.weight(), bias), List.of(bias)));
        } else {
            NamedNorm norm = model.norms().get(module);
            List<Tensor> own = norm.own().parameters().toList();
            Tensor bias = tuned(model, module + BIAS, own.get(1));
            norm.attach(norm.own().with(List.of(own.get(0), bias)));
        }
    }

    /** A trained copy in fp32, under a name. */
    public static Tensor tuned(CausalLm model, String name, Tensor own) {
        return model.addTuned(name, Scope.keep(() -> own.detach().to(DType.F32).copy()));
    }

    /** Computes in a linear's place. @param trained what of it is not the base's */
    private record Copy(Linear linear, List<Tensor> trained) implements Linear.Delta {
        @Override public Linear inPlaceOf(Linear own) { return linear; }

        @Override public Stream<Tensor> parameters() { return trained.stream(); }
    }
}
