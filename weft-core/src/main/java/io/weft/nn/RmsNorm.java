package io.weft.nn;

import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/** Scales to unit root mean square, then by a weight (Zhang and Sennrich 2019, arXiv:1910.07467). @param weight [D] */
public record RmsNorm(Tensor weight, double epsilon) implements Norm {
    @Override public Tensor forward(Tensor x) { return Tensor.rmsNorm(x, weight, epsilon); }

    @Override public Stream<Tensor> parameters() { return Stream.of(weight); }
}
