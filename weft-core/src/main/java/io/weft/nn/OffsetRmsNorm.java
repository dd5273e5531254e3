package io.weft.nn;

import io.weft.tensor.DType;
import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/** A {@link RmsNorm} that scales by 1 + weight, as Gemma's: a weight of zeros scales by nothing. @param weight [D] */
public record OffsetRmsNorm(Tensor weight, double epsilon) implements Norm {
    @Override public Tensor forward(Tensor x) { return Tensor.rmsNorm(x, weight.to(DType.F32).add(1), epsilon); }

    @Override public Stream<Tensor> parameters() { return Stream.of(weight); }
}
