package io.weft.tensor;

import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

import static io.weft.problem.Language.say;

/**
 * A file's bytes as memory: read from disk when they are touched, dropped by the system when it needs room, none of the
 * process's own. Owns native memory of its owner's scope; tensors of it may live longer. The file must not be written
 * in place meanwhile; replacing it by a rename is safe.
 */
public final class MappedFile {
    private final Tensor bytes; // [size]

    private MappedFile(Tensor bytes) { this.bytes = bytes; }

    /** @param owner of the mapping  @throws UserError when the file cannot be mapped */
    public static MappedFile open(Path file, Scope.Owner owner) {
        try {
            long size = Files.size(file);
            // Private, not shared: shared would open the file for writing.
            return new MappedFile(owner.keep(() ->
                    new Tensor(torch.from_file(file.toString(), new BoolOptional(false), new LongOptional(size),
                    new TensorOptions(DType.U8.scalarType)))));
        } catch (IOException | RuntimeException e) {
            throw UserError.of(say("%s cannot be mapped into memory: %s; set train.frozenWeights: resident",
                    file, String.valueOf(e.getMessage()).lines().findFirst().orElse("")), e);
        }
    }

    /** Whether a tensor's bytes lie so that they can be used where they are. */
    public static boolean isAligned(DType type, long start) { return start % type.bytes() == 0; }

    /**
     * A tensor of the host whose bytes are the file's own.
     *
     * @param start bytes from the start of the file, a multiple of the element size
     */
    public Tensor tensor(DType type, long[] shape, long start) {
        long elements = 1;
        for (long size : shape) {
            elements *= size;
        }
        Tensor own = bytes.narrow(0, start, elements * type.bytes());
        return Tensor.reinterpreted(own, type).view(shape);
    }
}
