package io.weft.tune;

import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.problem.Problems;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Names;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.WholeNumber;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
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
public record Lora(int rank, double alpha, double dropout, List<String> targets) implements Tuning {
    public static final String ALL_LINEAR = "all-linear";
    public static final Lora DEFAULTS = new Lora(8, 32, 0.1, List.of(ALL_LINEAR));
    private static final Section<Lora> SECTION = Section.of("lora", DEFAULTS,
            text("low-rank updates beside frozen weights"),
            Setting.of("rank", new WholeNumber(1, 65_536), text("inner width of the update")),
            Setting.of("alpha", new Number(0, true, 1_000_000, false), text("the update is scaled by alpha / rank")),
            Setting.of("dropout", new Number(0, false, 1, true),
                    text("share of the update's inputs left out while training")),
            Setting.of("targets", new Names(text("names of linear layers, or all-linear")),
                    text("linear layers to tune, by name; all-linear is all but the head")));
    private static final long STREAM = 0x6c6f7261; // "lora"

    public Lora { targets = List.copyOf(targets); }

    @Override public Section<Lora> section() { return SECTION; }

    /** What B A is multiplied with. */
    public double scale() { return alpha / rank; }

    @Override public void attach(CausalLm model, long seed) {
        List<Linear> linears = matched(model);
        for (int i = 0; i < linears.size(); i++) {
            Linear linear = linears.get(i);
            long place = i;
            // Kaiming-uniform with a = sqrt(5), as PEFT draws A
            double bound = 1 / Math.sqrt(linear.inputs());
            Tensor a = Scope.keep(() -> RandomStream.of(STREAM, seed, place)
                    .uniform(-bound, bound, rank, linear.inputs()));
            attach(model, linear, a, Scope.keep(() -> Tensor.zeros(linear.outputs(), rank)), place);
        }
    }

    @Override public void write(CausalLm model, Path folder, String base) {
        AdapterFolder.write(model, this, folder, base);
    }

    @Override public void read(CausalLm model, Path folder) { AdapterFolder.read(model, folder); }

    @Override public boolean isAdapter() { return true; }

    /**
     * Attaches one pair under PEFT's names.
     *
     * @param a [rank, I]
     * @param b [O, rank]
     * @param place of its dropout masks
     */
    void attach(CausalLm model, Linear linear, Tensor a, Tensor b, long place) {
        model.addTuned(linear.name() + ".lora_A.weight", a);
        model.addTuned(linear.name() + ".lora_B.weight", b);
        linear.attach(new LowRank(a, b, scale(), dropout, place));
    }

    /**
     * The linears that the targets name, in the model's order.
     *
     * @throws io.weft.problem.UserError naming every target that matches nothing, and what there is
     */
    public List<Linear> matched(CausalLm model) {
        List<Linear> all = List.copyOf(model.linears().values());
        if (targets.equals(List.of(ALL_LINEAR))) {
            return all;
        }
        TreeSet<String> names = new TreeSet<>(all.stream().map(Linear::lastName).toList());
        Problems problems = new Problems("tuning.lora.targets");
        for (String target : targets) {
            if (all.stream().noneMatch(linear -> matches(linear, target))) {
                problems.add(say("%s matches no linear of the model (it has %s)", target, String.join(", ", names)));
            }
        }
        problems.throwIfAny();
        return all.stream().filter(linear -> targets.stream().anyMatch(target -> matches(linear, target))).toList();
    }

    private static boolean matches(Linear linear, String target) {
        return linear.name().equals(target) || linear.name().endsWith("." + target);
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
