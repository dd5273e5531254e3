package org.example.weft;

import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.settings.Section;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.Adapter;
import io.weft.tune.PeftConfig;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import static io.weft.problem.Translatable.text;

/**
 * Only biases are trained (Ben Zaken et al. 2022, arXiv:2106.10199): a change of each bias that the model's linears
 * have, zero at first. PEFT knows no such method; the file's type is our own word.
 */
public record BitFit() implements Adapter {
    private static final Section<BitFit> SECTION = Section.of("bitfit", new BitFit(), text("only biases are trained"));
    private static final String PART = ".bias_change";

    @Override public Section<BitFit> section() { return SECTION; }

    @Override public void attach(CausalLm model, long seed) {
        model.linears().values().stream().filter(linear -> linear.bias() != null)
                .forEach(linear -> attach(model, linear));
    }

    @Override public void attach(CausalLm model, Set<String> names) {
        model.linears().values().stream().filter(linear -> names.contains(linear.name() + PART))
                .forEach(linear -> attach(model, linear));
    }

    private static void attach(CausalLm model, Linear linear) {
        Tensor change = model.addTuned(linear.name() + PART, Scope.keep(() -> Tensor.zeros(linear.outputs())));
        linear.attach(new Change(change));
    }

    @Override public String peftType() { return "BITFIT"; }

    @Override public Map<String, Object> peftKeys(CausalLm model) { return Map.of(); }

    @Override public BitFit ofPeft(PeftConfig config) { return this; }

    /** change [O]. */
    private record Change(Tensor change) implements Linear.Delta {
        @Override public Tensor output(Tensor x, Tensor y, Pass pass) { return y.add(change); }

        @Override public Tensor mergedBias(Tensor bias) { return Scope.keep(() -> bias.add(change.detach())); }

        @Override public Stream<Tensor> parameters() { return Stream.of(change); }
    }
}
