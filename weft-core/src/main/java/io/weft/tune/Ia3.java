package io.weft.tune;

import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Names;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import static io.weft.problem.Translatable.text;

/**
 * Scales what target linears say by learned vectors, of those that end a feed-forward part what they see instead (Liu
 * et al. 2022, arXiv:2205.05638). All are one at first, so attaching changes no output.
 *
 * @param targets     names of linears, see {@link TargetNames}; the paper's are keys, values and the feed-forward's
 *     last
 * @param feedforward those of the targets whose input is scaled, e.g. "down_proj"; "none" for none
 */
public record Ia3(List<String> targets, List<String> feedforward) implements Adapter {
    private static final List<String> NONE = List.of("none");
    private static final Section<Ia3> SECTION = Section.of("ia3", new Ia3(),
            text("learned factors on what linear layers say or see"),
            Setting.of("targets", new Names(text("names of linear layers, or all-linear")),
                    text("linear layers to tune, by name; all-linear is all but the head")),
            Setting.of("feedforward", new Names(text("names of linear layers, or none")),
                    text("those of the targets that are scaled where they see, such as down_proj")));

    public Ia3 {
        targets = List.copyOf(targets);
        feedforward = List.copyOf(feedforward);
    }

    /** On what every linear says: the names of keys and values differ between families. */
    public Ia3() { this(List.of(TargetNames.ALL_LINEAR), NONE); }

    @Override public Section<Ia3> section() { return SECTION; }

    @Override public Map<String, List<String>> targetNames() {
        return feedforward.equals(NONE) ? Map.of("targets", targets)
                : Map.of("targets", targets, "feedforward", feedforward);
    }

    @Override public void attach(CausalLm model, long seed) { targets(model).forEach(linear -> attach(model, linear)); }

    @Override public void attach(CausalLm model, Set<String> names) {
        model.linears().values().stream().filter(linear -> names.contains(linear.name() + ".ia3_l"))
                .forEach(linear -> attach(model, linear));
    }

    private void attach(CausalLm model, Linear linear) {
        boolean seen = feedforward.stream().anyMatch(name -> TargetNames.matches(linear, name));
        Tensor factor = Scope.keep(() -> seen ? Tensor.ones(1, linear.inputs()) : Tensor.ones(linear.outputs(), 1));
        model.addTuned(linear.name() + ".ia3_l", factor);
        linear.attach(seen ? new Seen(factor) : new Said(factor));
    }

    @Override public String peftType() { return "IA3"; }

    @Override public Map<String, Object> peftKeys(CausalLm model) {
        Map<String, Object> keys = new HashMap<>();
        keys.put("fan_in_fan_out", targets(model).stream().anyMatch(linear -> linear.weight().isTransposed()));
        keys.put("feedforward_modules", feedforward.equals(NONE) ? List.of() : feedforward);
        keys.put("init_ia3_weights", true);
        keys.put("target_modules", TargetNames.spelt(model, targets));
        return keys;
    }

    @Override public Ia3 ofPeft(PeftConfig config) {
        // the base decides about fan_in_fan_out, as in PEFT; init_ia3_weights is of the start
        config.passOver(Set.of("exclude_modules", "fan_in_fan_out", "init_ia3_weights"));
        List<String> seen = config.names("feedforward_modules");
        return new Ia3(config.names("target_modules"), seen.isEmpty() ? NONE : seen);
    }

    /** factor [1, I]. */
    private record Seen(Tensor factor) implements Linear.Delta {
        @Override public Tensor input(Tensor x, Pass pass) { return x.mul(factor.to(x.type())); }

        @Override public Tensor mergedWeight(Tensor weight) {
            return Scope.keep(() -> weight.detach().mul(factor.detach()));
        }

        @Override public Stream<Tensor> parameters() { return Stream.of(factor); }
    }

    /** factor [O, 1]. */
    private record Said(Tensor factor) implements Linear.Delta {
        @Override public Tensor output(Tensor x, Tensor y, Pass pass) {
            return y.mul(factor.to(y.type()).transpose(0, 1));
        }

        @Override public Tensor mergedWeight(Tensor weight) {
            return Scope.keep(() -> weight.detach().mul(factor.detach()));
        }

        @Override public Tensor mergedBias(Tensor bias) {
            return Scope.keep(() -> bias.detach().mul(factor.detach().squeeze(1)));
        }

        @Override public Stream<Tensor> parameters() { return Stream.of(factor); }
    }
}
