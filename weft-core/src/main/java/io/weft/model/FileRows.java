package io.weft.model;

import io.weft.nn.Weight;
import io.weft.tensor.DType;
import io.weft.tensor.Tensor;
import io.weft.tensor.TensorFile;
import java.util.stream.Stream;

/**
 * A matrix that stays in its file and is read some rows at a time, for whoever makes another form of it.
 *
 * @param name of a tensor [O, I] that lies row by row
 */
record FileRows(TensorFile file, String name) implements Weight {
    @Override public long outputs() { return file.entry(name).shape()[0]; }

    @Override public long inputs() { return file.entry(name).elements() / outputs(); }

    @Override public DType type() { return file.entry(name).type(); }

    @Override public Tensor wide(DType type) { return wide(type, 0, outputs()); }

    @Override public Tensor wide(DType type, long from, long length) {
        return file.readRows(name, from, length).to(type);
    }

    @Override public Stream<Tensor> parameters() { return Stream.empty(); }
}
