package io.weft.tune;

import io.weft.problem.Problems;
import io.weft.tensor.DType;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tensor.TensorFile;
import io.weft.tensor.TensorFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

import static io.weft.problem.Language.say;

/** Trained parameters in one safetensors file, each under its name as the file's readers spell it. */
final class TunedFile {
    private TunedFile() {}

    static void write(Path file, Map<String, Tensor> tuned, UnaryOperator<String> spelling) {
        Map<String, Tensor> spelt = new LinkedHashMap<>();
        tuned.forEach((name, tensor) -> spelt.put(spelling.apply(name), tensor));
        SafeTensors.write(file, spelt);
    }

    /**
     * Overwrites the parameters.
     *
     * @throws io.weft.problem.UserError naming every tensor that is missing, too many or of another shape
     */
    static void read(Path path, Map<String, Tensor> tuned, UnaryOperator<String> spelling) {
        TensorFile file = TensorFiles.open(path);
        Problems problems = new Problems(path.toString());
        Map<String, Tensor> wanted = new LinkedHashMap<>();
        tuned.forEach((name, tensor) -> wanted.put(spelling.apply(name), tensor));
        wanted.forEach((name, tensor) -> {
            if (!file.has(name)) {
                problems.add(say("%s is missing", name));
            } else if (!Arrays.equals(file.entry(name).shape(), tensor.shape())) {
                problems.add(say("%s has shape %s; the model needs %s", name, Arrays.toString(file.entry(name).shape()),
                        Arrays.toString(tensor.shape())));
            }
        });
        file.names().stream().filter(name -> !wanted.containsKey(name)).forEach(name ->
                problems.add(say("%s has no place in the model", name)));
        problems.throwIfAny();
        wanted.forEach((name, tensor) -> Scope.run(() -> tensor.copyFrom(file.read(name).to(DType.F32))));
    }
}
