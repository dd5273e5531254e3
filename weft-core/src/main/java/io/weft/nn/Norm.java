package io.weft.nn;

import io.weft.tensor.DType;
import io.weft.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/** Normalises each token's hidden state. */
public interface Norm extends Parameters {
    /** x [.., D] -> [.., D]. */
    Tensor forward(Tensor x);

    /** The same as the pass's adapters trained it. */
    default Tensor forward(Tensor x, Pass pass) { return forward(x); }

    /** The same with other parameters, in the order of {@link #parameters}. */
    Norm with(List<Tensor> parameters);

    /**
     * Scales to unit root mean square, then by a weight (Zhang and Sennrich 2019, arXiv:1910.07467). @param weight [D]
     */
    record Rms(Tensor weight, double epsilon) implements Norm {
        @Override public Tensor forward(Tensor x) { return Tensor.rmsNorm(x, weight.to(x.type()), epsilon); }

        @Override public Norm with(List<Tensor> parameters) { return new Rms(parameters.get(0), epsilon); }

        @Override public Stream<Tensor> parameters() { return Stream.of(weight); }
    }

    /** An {@link Rms} that scales by 1 + weight, as Gemma's: a weight of zeros scales by nothing. @param weight [D] */
    record OffsetRms(Tensor weight, double epsilon) implements Norm {
        @Override public Tensor forward(Tensor x) {
            // in fp32 as Hugging Face does: 1 + weight would lose the weight in a narrower type
            return Tensor.rmsNorm(x.to(DType.F32), weight.to(DType.F32).add(1), epsilon).to(x.type());
        }

        @Override public Norm with(List<Tensor> parameters) { return new OffsetRms(parameters.get(0), epsilon); }

        @Override public Stream<Tensor> parameters() { return Stream.of(weight); }
    }

    /**
     * To mean 0 and variance 1, then scaled and shifted (Ba et al. 2016, arXiv:1607.06450).
     *
     * @param weight [D]
     * @param bias [D]
     */
    record Layer(Tensor weight, Tensor bias, double epsilon) implements Norm {
        @Override public Tensor forward(Tensor x) {
            return Tensor.layerNorm(x, weight.to(x.type()), bias.to(x.type()), epsilon);
        }

        @Override public Norm with(List<Tensor> parameters) {
            return new Layer(parameters.get(0), parameters.get(1), epsilon);
        }

        @Override public Stream<Tensor> parameters() { return Stream.of(weight, bias); }
    }
}
