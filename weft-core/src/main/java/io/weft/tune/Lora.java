package io.weft.tune;

import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Names;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.WholeNumber;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * Low-rank update W + (alpha / rank) B A (Hu et al. 2021, arXiv:2106.09685). A is random and B zero, so attaching
 * changes no output.
 *
 * @param rank    inner width, 1 or more
 * @param dropout probability of leaving out an input of A while training, from 0 to below 1
 * @param targets names of linears or their last parts, e.g. "q_proj", or the single word "all-linear": every linear but
 *     the head. A target that matches nothing is an error
 */
public record Lora(int rank, double alpha, double dropout, List<String> targets) implements Adapter {
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
            Setting.of("targets", new Names(text("names of linear layers, or all-linear")),
                    text("linear layers to tune, by name; all-linear is all but the head"))
                    .fixed(text("the checkpoint holds an update for each of these")));
    /** Keys of PEFT that change what is computed, with the values under which they change nothing. */
    private static final Map<String, List<String>> HARMLESS = Map.ofEntries(
            Map.entry("bias", List.of("\"none\"")),
            Map.entry("use_dora", List.of("false")), Map.entry("lora_bias", List.of("false")),
            Map.entry("rank_pattern", List.of("{}")), Map.entry("alpha_pattern", List.of("{}")),
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
            "layers_to_transform", "layers_pattern", "exclude_modules",   // asked of the file's tensors, by PeftTargets
            "loftq_config", "eva_config", "corda_config", "lora_ga_config",   // how init_lora_weights began
            "qalora_group_size",     // of use_qalora
            "megatron_core",         // whose layers megatron_config means
            "ensure_weight_tying",   // of adapters on the embedding, which have no place here
            "runtime_config",        // where PEFT computes
            "merge_weights");        // when PEFT before 0.3 merged
    /** Starts that leave the base as it is. "pissa" and "olora" do not, and are read by {@link ChangedBase}. */
    private static final List<String> STARTS = List.of("true", "false", "\"gaussian\"", "\"orthogonal\"", "\"eva\"",
            "\"mica\"");
    private static final long STREAM = 0x6c6f7261; // "lora"

    public Lora { targets = List.copyOf(targets); }

    @Override public Section<Lora> section() { return SECTION; }

    /** What B A is multiplied with. */
    public double scale() { return alpha / rank; }

    @Override public Map<String, List<String>> targetNames() { return Map.of("targets", targets); }

    @Override public void attach(CausalLm model, long seed) {
        List<Linear> linears = targets(model);
        for (int i = 0; i < linears.size(); i++) {
            Linear linear = linears.get(i);
            long place = i;
            // Kaiming-uniform with a = sqrt(5), as PEFT draws A
            double bound = 1 / Math.sqrt(linear.inputs());
            attach(model, linear, Scope.keep(() -> RandomStream.of(STREAM, seed, place)
                    .uniform(-bound, bound, rank, linear.inputs())), place);
        }
    }

    @Override public void attach(CausalLm model, Set<String> names) {
        long place = 0;
        for (Linear linear : model.linears().values()) {
            if (names.stream().anyMatch(name -> name.startsWith(linear.name() + ".lora_"))) {
                attach(model, linear, Scope.keep(() -> Tensor.zeros(rank, linear.inputs())), place++);
            }
        }
    }

    /** Attaches one pair under PEFT's names. @param a [rank, I]  @param place of its dropout masks */
    private void attach(CausalLm model, Linear linear, Tensor a, long place) {
        Tensor b = Scope.keep(() -> Tensor.zeros(linear.outputs(), rank));
        model.addTuned(linear.name() + ".lora_A.weight", a);
        model.addTuned(linear.name() + ".lora_B.weight", b);
        linear.attach(new LowRank(a, b, scale(), dropout, place));
    }

    @Override public String peftType() { return "LORA"; }

    @Override public Map<String, Object> peftKeys(CausalLm model) {
        Map<String, Object> keys = new TreeMap<>();
        keys.put("bias", "none");
        keys.put("fan_in_fan_out", targets(model).stream().anyMatch(linear -> linear.weight().isTransposed()));
        keys.put("init_lora_weights", true);
        keys.put("layers_pattern", null);
        keys.put("layers_to_transform", null);
        keys.put("lora_alpha", alpha == Math.rint(alpha) ? (Object) (long) alpha : (Object) alpha);
        keys.put("lora_dropout", dropout);
        keys.put("r", rank);
        keys.put("target_modules", TargetNames.spelt(model, targets));
        return keys;
    }

    @Override public Lora ofPeft(PeftConfig config) {
        config.refuseUnless(HARMLESS);
        config.refuseUnless("init_lora_weights", STARTS, say("such adapters fit no other base than the one that PEFT "
                + "changed; let PEFT convert it: save_pretrained(..., path_initial_model_for_weight_conversion=...)"));
        config.passOver(NO_MATTER);
        int rank = config.wholeNumber("r", 1);
        double alpha = config.number("lora_alpha");
        // rsLoRA scales by alpha / sqrt(rank) (arXiv:2312.03732)
        return new Lora(rank, config.isTrue("use_rslora") ? alpha * Math.sqrt(rank) : alpha,
                config.number("lora_dropout", 0), config.names("target_modules"));
    }

    /** a [rank, I], b [O, rank]. */
    private record LowRank(Tensor a, Tensor b, double scale, double rate, long place) implements Linear.Delta {
        @Override public Tensor output(Tensor x, Tensor y, Pass pass) {
            Tensor inner = Tensor.linear(pass.dropout().apply(x.to(a.type()), rate, place), a, null);
            return y.addMatmulInPlace(inner, b.transpose(0, 1), scale * pass.dropout().gain(rate));
        }

        @Override public Tensor mergedWeight(Tensor weight) {
            return Scope.keep(() -> weight.detach().copy().addMatmulInPlace(b.detach(), a.detach(), scale));
        }

        @Override public Stream<Tensor> parameters() { return Stream.of(a, b); }
    }
}
