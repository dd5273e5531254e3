package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/**
 * To mean 0 and variance 1, then scaled and shifted (Ba et al. 2016, arXiv:1607.06450).
 *
 * @param weight [D]
 * @param bias [D]
 */
public record LayerNorm(Tensor weight, Tensor bias, double epsilon) implements Norm {
    @Override public Tensor forward(Tensor x) { return Tensor.layerNorm(x, weight, bias, epsilon); }

    @Override public Stream<Tensor> parameters() { return Stream.of(weight, bias); }
}
