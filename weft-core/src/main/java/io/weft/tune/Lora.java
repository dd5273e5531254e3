package io.weft.tune;

import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Names;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.WholeNumber;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.lora.FirstFactors;
import io.weft.tune.lora.Lengths;
import io.weft.tune.lora.LoraForm;
import io.weft.tune.lora.LoraPlaces;
import io.weft.tune.lora.LowRank;
import io.weft.tune.lora.Pair;
import io.weft.tune.lora.TrainedWhole;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * Low-rank update W + (alpha / rank) B A (Hu et al. 2021, arXiv:2106.09685) and its relatives. The usual A is random
 * and
 * B zero, so attaching changes no output.
 *
 * @param rank    inner width, 1 or more; 8 is the paper's
 * @param dropout probability of leaving out an input of A while training, from 0 to below 1
 * @param targets names of linears or their last parts, e.g. "q_proj", a regular expression of whole names, or the
 * single
 *     word "all-linear": every linear but the head, which tuned best in the QLoRA paper (arXiv:2305.14314). A target
 *     that matches nothing is an error
 * @param places  which of the targets, and how strongly each
 * @param form    rsLoRA, DoRA, PiSSA, LoRA+
 * @param whole   what is trained whole beside the updates
 */
public record Lora(int rank, double alpha, double dropout, List<String> targets, LoraPlaces places, LoraForm form,
        TrainedWhole whole) implements Adapter {
    public static final Lora DEFAULTS = new Lora(8, 32, 0.1, List.of(TargetNames.ALL_LINEAR));
    private static final Section<Lora> SECTION = Section.of("lora", DEFAULTS,
            text("low-rank updates beside frozen weights"),
            Setting.of("rank", new WholeNumber(1, 65_536), text("inner width of the update"))
                    .fixed(text("the matrices in the checkpoint have this width")),
            Setting.of("alpha", new Number(0, true, 1_000_000, false), text("the update is scaled by alpha / rank"))
                    .fixed(text("the checkpoint's adapter was trained under it; the same numbers, scaled otherwise, "
                    + "are another adapter")),
            Setting.of("dropout", new Number(0, false, 1, true),
                    text("share of the update's inputs left out while training")),
            Setting.of("targets", new Names(text("names of linear layers, all-linear, or one regular expression"))
                    .orPattern(), text("linear layers to tune, by name; all-linear is all but the head"))
                    .fixed(text("the checkpoint holds an update for each of these")),
            LoraPlaces.SECTION, LoraForm.SECTION, TrainedWhole.SECTION);
    /** Keys of PEFT that change what is computed, with the values under which they change nothing. */
    private static final Map<String, List<String>> HARMLESS = Map.ofEntries(
            Map.entry("lora_bias", List.of("false")),
            Map.entry("layer_replication", List.of("[]")), Map.entry("target_parameters", List.of("[]")),
            Map.entry("trainable_token_indices", List.of("[]", "{}")),
            Map.entry("alora_invocation_tokens", List.of("[]")), Map.entry("arrow_config", List.of()),
            Map.entry("use_qalora", List.of("false")), Map.entry("use_bdlora", List.of("false")),
            Map.entry("megatron_config", List.of()), Map.entry("kasa_config", List.of()),
            Map.entry("velora_config", List.of()), Map.entry("monteclora_config", List.of()),
            Map.entry("enable_lora", List.of()));
    /** Keys of PEFT that change nothing of what is computed. */
    private static final Set<String> NO_MATTER = Set.of(
            "fan_in_fan_out",        // the base decides, as in PEFT
            "layers_pattern",        // asked of the file's tensors, by PeftTargets
            "loftq_config", "eva_config", "corda_config", "lora_ga_config",   // how init_lora_weights began
            "qalora_group_size",     // of use_qalora
            "megatron_core",         // whose layers megatron_config means
            "ensure_weight_tying",   // both matrices are in the file
            "runtime_config",        // where PEFT computes
            "merge_weights");        // when PEFT before 0.3 merged
    /** Starts that leave the base as it is. "pissa" and "olora" do not, and are read by {@link ChangedBase}. */
    private static final List<String> STARTS = List.of("true", "false", "\"gaussian\"", "\"orthogonal\"", "\"eva\"",
            "\"mica\"");
    static final String DOWN = ".lora_A.weight", UP = ".lora_B.weight";
    private static final String LENGTHS = ".lora_magnitude_vector", BIAS = ".base_layer.bias";

    public Lora { targets = List.copyOf(targets); }

    /** Plain, on every target. */
    public Lora(int rank, double alpha, double dropout, List<String> targets) {
        this(rank, alpha, dropout, targets, LoraPlaces.ALL, LoraForm.PLAIN, TrainedWhole.NONE);
    }

    public Lora with(LoraPlaces other) { return new Lora(rank, alpha, dropout, targets, other, form, whole); }

    public Lora with(LoraForm other) { return new Lora(rank, alpha, dropout, targets, places, other, whole); }

    public Lora with(TrainedWhole other) { return new Lora(rank, alpha, dropout, targets, places, form, other); }

    @Override public Section<Lora> section() { return SECTION; }

    /** What B A of a linear is multiplied with. @param linear its whole name */
    double scale(String linear) {
        return form.scale(places.rank(linear, rank), places.alpha(linear, alpha));
    }

    @Override public double learningRateFactor(String parameter) {
        // as PEFT's create_loraplus_optimizer: vectors go with B
        return parameter.endsWith(UP) || parameter.endsWith(LENGTHS) || parameter.endsWith(BIAS)
                ? form.plusRatio() : 1;
    }

    // ---- where ----

    @Override public Map<String, List<String>> targetNames() { return Map.of("targets", targets); }

    @Override public List<Linear> targets(CausalLm model) {
        requireFit(model);
        return covered(model);
    }

    /** What is trained whole has no update, as in PEFT. */
    private List<Linear> covered(CausalLm model) {
        Set<String> saved = Set.copyOf(whole.saved(model));
        return TargetNames.of(model, targets).stream()
                .filter(linear -> places.cover(linear.name()) && !saved.contains(linear.name())).toList();
    }

    @Override public Map<String, String> misfits(CausalLm model) {
        Map<String, String> misfits = new LinkedHashMap<>(Adapter.super.misfits(model));
        List<Linear> covered = covered(model);
        if (!places.layers().isEmpty() && Names.isPattern(targets)) {
            misfits.put("layers", say("cannot stand beside a regular expression in targets, which PEFT would refuse; "
                    + "name the layers in the expression"));
        }
        places.misfits(model, covered).forEach(misfits::putIfAbsent);
        whole.misfits(model, covered).forEach(misfits::putIfAbsent);
        if (covered.isEmpty() && misfits.isEmpty()) {
            misfits.put("targets", say("exclude, layers and modulesToSave leave none of them"));
        }
        for (Linear linear : covered) {
            int own = places.rank(linear.name(), rank);
            long width = Math.min(linear.inputs(), linear.outputs());
            String setting = places.hasRank(linear.name()) ? "rankPattern" : "rank";
            if (own > width) {
                misfits.putIfAbsent(setting, say("%d is more than the width of %s, %d", own, linear.name(), width));
            } else if (form.init() == LoraForm.Start.ORTHOGONAL && own % 2 != 0) {
                misfits.putIfAbsent(setting, say("%d is odd; the orthogonal start needs an even one", own));
            }
        }
        return misfits;
    }

    // ---- in the model ----

    @Override public void attach(CausalLm model, long seed) {
        List<Linear> linears = targets(model);
        for (int i = 0; i < linears.size(); i++) {
            Linear linear = linears.get(i);
            int own = places.rank(linear.name(), rank);
            boolean principal = form.init().isPrincipal();
            Pair first = FirstFactors.of(form.init(), linear, own, scale(linear.name()), seed, i);
            attach(model, linear, first, principal ? copy(first) : null, form.dora(),
                    whole.trainsBiases() && linear.bias() != null, i);
        }
        whole.attach(model, names(linears));
    }

    private static Pair copy(Pair pair) {
        return new Pair(Scope.keep(() -> pair.down().copy()), Scope.keep(() -> pair.up().copy()));
    }

    private static Set<String> names(List<Linear> linears) {
        return linears.stream().map(Linear::name).collect(Collectors.toSet());
    }

    @Override public void attach(CausalLm model, Set<String> names) {
        List<Linear> linears = model.linears().values().stream()
                .filter(linear -> names.contains(linear.name() + DOWN) || names.contains(linear.name() + UP)).toList();
        for (int i = 0; i < linears.size(); i++) {
            Linear linear = linears.get(i);
            attach(model, linear, FirstFactors.zeros(linear, places.rank(linear.name(), rank)), null,
                    form.dora(), whole.trainsBiases() && linear.bias() != null && names.contains(linear.name() + BIAS),
                    i);
        }
        whole.attach(model, names(linears), names);
    }

    /** Attaches one update under PEFT's names. @param place of its dropout masks */
    private void attach(CausalLm model, Linear linear, Pair first, Pair taken, boolean withLengths,
            boolean withBias, long place) {
        String name = linear.name();
        model.addTuned(name + DOWN, first.down());
        model.addTuned(name + UP, first.up());
        Lengths lengths = withLengths ? Lengths.of(linear, first.less(taken), scale(name)) : null;
        if (withLengths) {
            model.addTuned(name + LENGTHS, lengths.learned());
        }
        Tensor bias = withBias ? TrainedWhole.tuned(model, name + BIAS, linear.bias()) : null;
        linear.attach(new LowRank(withBias ? linear.with(linear.weight(), bias) : linear, first, taken,
                scale(name), dropout, place, lengths, bias));
    }

    // ---- in files ----

    @Override public String peftType() { return "LORA"; }

    @Override public Map<String, Object> peftKeys(CausalLm model) {
        if (form.init().isPrincipal()) {
            return plain().peftKeys(model);
        }
        Map<String, Object> keys = new TreeMap<>();
        keys.put("fan_in_fan_out", targets(model).stream().anyMatch(linear -> linear.weight().isTransposed()));
        keys.put("init_lora_weights", true);
        keys.put("layers_pattern", null);
        keys.put("lora_alpha", LoraPlaces.plain(alpha));
        keys.put("lora_dropout", dropout);
        keys.put("r", rank);
        keys.put("target_modules", Names.isPattern(targets) ? targets.get(0) : TargetNames.spelt(model, targets));
        keys.putAll(places.peftKeys());
        keys.putAll(form.peftKeys());
        keys.putAll(whole.peftKeys(model));
        return keys;
    }

    /** The plain LoRA of twice the rank that does the same beside a base of which nothing was taken. */
    private Lora plain() {
        double alphas = form.rslora() ? Math.sqrt(2) : 2;
        return new Lora(2 * rank, alphas * alpha, dropout, targets, places.times(2, alphas),
                new LoraForm(form.rslora(), form.dora(), LoraForm.Start.KAIMING, form.plusRatio()), whole);
    }

    @Override public void write(CausalLm model, Path folder, String base) {
        Scope.run(() -> {
            Map<String, Tensor> spelt = new LinkedHashMap<>();
            asWritten(model).forEach((name, tensor) -> spelt.put(AdapterTensors.PREFIX + name, tensor));
            PeftFiles.write(model, spelt, folder, base, peftType(), peftKeys(model));
        });
    }

    @Override public void read(CausalLm model, Path folder) {
        Scope.run(() -> {
            Map<String, Tensor> written = asWritten(model);
            TunedFile.read(new AdapterTensors(PeftFiles.weights(folder)), written);
            eachTaken(model, (linear, update) -> {
                Tensor down = written.get(linear.name() + DOWN), up = written.get(linear.name() + UP);
                long own = update.trained().down().size(0);
                update.trained().down().copyFrom(down.narrow(0, 0, own));
                update.taken().down().copyFrom(down.narrow(0, own, own));
                update.trained().up().copyFrom(up.narrow(1, 0, own));
                update.taken().up().copyFrom(up.narrow(1, own, own).neg());
            });
        });
    }

    /**
     * What was trained as files hold it, for the base as it is. An update that took its beginning out of the weights
     * holds that, too, with twice the rank: [A; A0] and [B, -B0], as PEFT converts such adapters.
     */
    private static Map<String, Tensor> asWritten(CausalLm model) {
        Map<String, Tensor> written = new LinkedHashMap<>(model.tuned());
        eachTaken(model, (linear, update) -> NoGrad.run(() -> {
            written.put(linear.name() + DOWN, update.whole().down());
            written.put(linear.name() + UP, update.whole().up());
        }));
        return written;
    }

    private static void eachTaken(CausalLm model, BiConsumer<Linear, LowRank> body) {
        for (Linear linear : model.linears().values()) {
            if (linear.delta().orElse(null) instanceof LowRank update && update.taken() != null) {
                body.accept(linear, update);
            }
        }
    }

    @Override public Lora ofPeft(PeftConfig config) {
        config.refuseUnless(HARMLESS);
        config.refuseUnless("init_lora_weights", STARTS, say("such adapters fit no other base than the one that PEFT "
                + "changed; let PEFT convert it: save_pretrained(..., path_initial_model_for_weight_conversion=...)"));
        config.passOver(NO_MATTER);
        var places = new LoraPlaces(config.names("exclude_modules"), config.wholeNumbers("layers_to_transform"),
                ranks(config), config.numbersByName("alpha_pattern"));
        var form = new LoraForm(config.isTrue("use_rslora"), config.isTrue("use_dora"), LoraForm.Start.KAIMING, 1);
        var whole = new TrainedWhole(config.names("modules_to_save"), config.oneOf("bias", Map.of("none",
                TrainedWhole.Bias.NONE, "all", TrainedWhole.Bias.ALL, "lora_only", TrainedWhole.Bias.LORA_ONLY),
                TrainedWhole.Bias.NONE));
        return new Lora(config.wholeNumber("r", 1), config.number("lora_alpha"), config.number("lora_dropout", 0),
                config.names("target_modules"), places, form, whole);
    }

    private static Map<String, Integer> ranks(PeftConfig config) {
        Map<String, Integer> ranks = new TreeMap<>();
        config.numbersByName("rank_pattern").forEach((name, rank) -> ranks.put(name, Math.max(1, rank.intValue())));
        return ranks;
    }
}
