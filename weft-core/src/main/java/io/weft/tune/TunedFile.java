package io.weft.tune;

import io.weft.problem.Problems;
import io.weft.tensor.DType;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
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
    static void read(StoredTensors file, Map<String, Tensor> tuned) {
        Problems problems = new Problems(file.file().toString());
        List<String> hollow = file.names().stream().filter(name -> isHollow(file.shape(name))).toList();
        if (!hollow.isEmpty()) {
            problems.add(say("%d of its %d tensors hold no value (%s has shape %s): so looks a file that was saved "
                    + "under DeepSpeed ZeRO-3 or FSDP before the parts of the parameters were gathered. Save it "
                    + "again from the run, gathered: stage3_gather_16bit_weights_on_model_save for DeepSpeed, a full "
                    + "state dict for FSDP", hollow.size(), file.names().size(), file.spelling(hollow.get(0)),
                    Arrays.toString(file.shape(hollow.get(0)))));
            problems.throwIfAny();
        }
        tuned.forEach((name, tensor) -> {
            if (!file.names().contains(name)) {
                problems.add(say("%s is missing", file.spelling(name)));
            } else if (!Arrays.equals(file.shape(name), tensor.shape())) {
                problems.add(say("%s has shape %s; the model needs %s", file.spelling(name),
                        Arrays.toString(file.shape(name)), Arrays.toString(tensor.shape())));
            }
        });
        file.names().stream().filter(name -> !tuned.containsKey(name)).forEach(name ->
                problems.add(say("%s has no place in the model", file.spelling(name))));
        problems.throwIfAny();
        tuned.forEach((name, tensor) -> Scope.run(() -> tensor.copyFrom(file.read(name).to(DType.F32))));
    }

    /** No parameter of an adapter or a model has a dimension of 0. */
    private static boolean isHollow(long[] shape) { return Arrays.stream(shape).anyMatch(length -> length == 0); }
}
