package io.weft.tensor;

import io.weft.problem.UserError;
import java.nio.file.Path;

/** The formats of files of tensors, told apart by the ending of the name. */
public final class TensorFiles {
    private TensorFiles() {}

    /**
     * Opens a file: {@code .safetensors}, or else what {@code torch.save} writes.
     *
     * @throws UserError when it is missing, damaged or of neither format
     */
    public static TensorFile open(Path file) {
        return file.getFileName().toString().endsWith(".safetensors") ? SafeTensors.open(file) : TorchFile.open(file);
    }
}
