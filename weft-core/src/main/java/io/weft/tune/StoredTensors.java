package io.weft.tune;

import io.weft.tensor.Tensor;
import io.weft.tensor.TensorFile;
import java.nio.file.Path;
import java.util.Set;

/** Tensors of a file under the names that the model gives them. */
interface StoredTensors {
    Path file();

    Set<String> names();

    /** What the file itself calls one. */
    String spelling(String name);

    long[] shape(String name);

    /** In the type that it is stored in. */
    Tensor read(String name);

    /** A file that calls everything as the model does. */
    record Plain(TensorFile tensors) implements StoredTensors {
        @Override public Path file() { return tensors.file(); }

        @Override public Set<String> names() { return tensors.names(); }

        @Override public String spelling(String name) { return name; }

        @Override public long[] shape(String name) { return tensors.entry(name).shape(); }

        @Override public Tensor read(String name) { return tensors.read(name); }
    }
}
