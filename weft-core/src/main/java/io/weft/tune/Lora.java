package io.weft.tune;

import io.weft.nn.CausalLm;
import java.util.List;

/**
 * Low-rank update W + (alpha / rank) B A (Hu et al. 2021, arXiv:2106.09685). A is random and B zero, so attaching changes no output.
 *
 * @param rank    inner width, 1 or more
 * @param dropout probability of leaving out an input of A while training, from 0 to below 1
 * @param targets last parts of linear names, e.g. "q_proj", or the single word "all-linear": every linear but the head. A target that matches nothing is an error
 */
public record Lora(int rank, double alpha, double dropout, List<String> targets) implements Tuning {
    public static final String ALL_LINEAR = "all-linear";
    public static final Lora DEFAULTS = new Lora(8, 32, 0.1, List.of(ALL_LINEAR));

    @Override public void attach(CausalLm model, long seed) { throw new UnsupportedOperationException(); }
}
