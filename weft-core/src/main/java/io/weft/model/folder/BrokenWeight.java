package io.weft.model.folder;

import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.tensor.TensorFile;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A stored weight with an element that is no finite number: no model computes anything with it. */
public record BrokenWeight(String tensor, Path file) {
    private static final Set<DType> FLOATS = EnumSet.of(DType.F32, DType.BF16, DType.F16, DType.F64);

    /** The first of these files; reads every weight, one at a time. */
    static Optional<BrokenWeight> first(List<TensorFile> files) {
        for (TensorFile file : files) {
            for (String name : file.names()) {
                if (FLOATS.contains(file.entry(name).type()) && !Scope.value(() -> file.read(name).isFinite())) {
                    return Optional.of(new BrokenWeight(name, file.file()));
                }
            }
        }
        return Optional.empty();
    }
}
