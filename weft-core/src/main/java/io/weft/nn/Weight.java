package io.weft.nn;

import io.weft.tensor.DType;
import io.weft.tensor.Tensor;
import java.util.stream.Stream;

/**
 * A matrix of a model, however it is kept: as its file holds it, transposed, quantised. Whoever computes asks for it in
 * the type that it computes in, whole or some outputs of it, and asks no more about how it is kept. Vectors (norms,
 * biases) are weights of one input.
 */
public interface Weight extends Parameters {
    /** As a file holds it, in any floating type, in memory or mapped. @param stored [O, I] or [O] */
    static Weight of(Tensor stored) { return new Plain(stored); }

    long outputs();

    long inputs();

    /** Number of its elements, whatever they are kept in. */
    default long elements() { return outputs() * inputs(); }

    /** The type that its elements are kept in. */
    DType type();

    /** Whether {@link #wide} makes nothing anew at each call. */
    default boolean isIn(DType type) { return type() == type; }

    /** [O, I] in a type to compute in: what is kept where that is of this type, else made anew at each call. */
    Tensor wide(DType type);

    /** Some of the outputs, [length, I] in a type to compute in. */
    Tensor wide(DType type, long from, long length);

    /** The rows of some outputs, as an embedding looks them up. ids [T] -> [T, I], fresh. */
    default Tensor rows(Tensor ids, DType type) { return Tensor.embedding(wide(type), ids); }

    /** Whether files hold it the other way round, [I, O]. */
    default boolean isTransposed() { return false; }

    /** The shape in a file. */
    default long[] shape() {
        return isTransposed() ? new long[] {inputs(), outputs()} : new long[] {outputs(), inputs()};
    }

    /** A matrix [O, I] laid out as a file holds it. */
    default Tensor asStored(Tensor matrix) { return isTransposed() ? matrix.transpose(0, 1).contiguous() : matrix; }

    /**
     * As a file holds it: the very tensor that is kept and can be trained where it is kept so, else made anew at each
     * call, in fp32.
     */
    default Tensor stored() { return asStored(wide(DType.F32)); }

    /** Whether {@link #stored} is what is computed with, so that training that trains the model. */
    default boolean isTrainable() { return false; }

    /** What it is kept in. */
    @Override Stream<Tensor> parameters();

    /** See {@link #of}. */
    record Plain(Tensor stored) implements Weight {
        @Override public long outputs() { return stored.size(0); }

        @Override public long inputs() { return stored.elements() / stored.size(0); }

        @Override public DType type() { return stored.type(); }

        @Override public Tensor wide(DType type) { return stored.to(type); }

        @Override public Tensor wide(DType type, long from, long length) {
            return stored.narrow(0, from, length).to(type);
        }

        @Override public Tensor rows(Tensor ids, DType type) { return Tensor.embedding(stored, ids).to(type); }

        @Override public long[] shape() { return stored.shape(); }

        @Override public boolean isTrainable() { return true; }

        @Override public Stream<Tensor> parameters() { return Stream.of(stored); }
    }

    /**
     * One that files hold the other way round, as GPT-2's (Conv1D in Hugging Face, fan_in_fan_out in PEFT).
     *
     * @param stored [I, O]
     */
    record Transposed(Tensor stored) implements Weight {
        @Override public long outputs() { return stored.size(1); }

        @Override public long inputs() { return stored.size(0); }

        @Override public DType type() { return stored.type(); }

        @Override public Tensor wide(DType type) { return stored.to(type).transpose(0, 1); }

        @Override public Tensor wide(DType type, long from, long length) {
            return stored.narrow(1, from, length).to(type).transpose(0, 1);
        }

        @Override public boolean isTransposed() { return true; }

        @Override public boolean isTrainable() { return true; }

        @Override public Stream<Tensor> parameters() { return Stream.of(stored); }
    }
}
