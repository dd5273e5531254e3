package io.weft.tune;

import io.weft.tensor.Tensor;
import io.weft.tensor.TensorFile;
import java.nio.file.Path;
import java.util.LinkedHashSet;
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

    /** The same without some of them. */
    default StoredTensors without(Set<String> left) {
        Set<String> names = new LinkedHashSet<>(names());
        names.removeAll(left);
        return new Some(this, names);
    }

    /** Some of a file's. */
    record Some(StoredTensors all, Set<String> names) implements StoredTensors {
        @Override public Path file() { return all.file(); }

        @Override public String spelling(String name) { return all.spelling(name); }

        @Override public long[] shape(String name) { return all.shape(name); }

        @Override public Tensor read(String name) { return all.read(name); }
    }

    /** A file that calls everything as the model does. */
    record Plain(TensorFile tensors) implements StoredTensors {
        @Override public Path file() { return tensors.file(); }

        @Override public Set<String> names() { return tensors.names(); }

        @Override public String spelling(String name) { return name; }

        @Override public long[] shape(String name) { return tensors.entry(name).shape(); }

        @Override public Tensor read(String name) { return tensors.read(name); }
    }
}
