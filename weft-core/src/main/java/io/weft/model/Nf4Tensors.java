package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.JsonFile;
import io.weft.nn.quant.Nf4Quantiser;
import io.weft.nn.quant.Nf4Scales;
import io.weft.nn.quant.Nf4Weight;
import io.weft.nn.quant.Nf4Weight.Layout;
import io.weft.nn.quant.Nf4Weight.Order;
import io.weft.problem.UserError;
import io.weft.tensor.DType;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tensor.TensorFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * A weight in NF4 as bitsandbytes names its tensors in a file: {@code NAME} the packed bytes [bytes, 1], and beside it
 * {@code NAME.absmax, .quant_map, .quant_state.bitsandbytes__nf4}, with double quantisation {@code .nested_absmax} and
 * {@code .nested_quant_map}, too.
 */
public final class Nf4Tensors {
    private static final String SCALES = ".absmax", CODE = ".quant_map", STATE = ".quant_state.bitsandbytes__nf4",
            NESTED_SCALES = ".nested_absmax", NESTED_CODE = ".nested_quant_map";
    static final List<String> ENDINGS = List.of(SCALES, CODE, STATE, NESTED_SCALES, NESTED_CODE);
    private static final Map<String, DType> TYPES = Map.of("float32", DType.F32, "bfloat16", DType.BF16, "float16",
            DType.F16);
    /** How far a stored value of the code may be from NF4's. */
    private static final double CODE_ROUNDING = 1e-6;

    private Nf4Tensors() {}

    /** Whether a file holds the weight in NF4. */
    static boolean holds(TensorFile file, String name) { return file != null && file.has(name + STATE); }

    /** The weight that a tensor belongs to, as one of those that stand beside it. */
    static Optional<String> weightOf(String tensor) {
        return ENDINGS.stream().filter(tensor::endsWith)
                .map(ending -> tensor.substring(0, tensor.length() - ending.length())).findFirst();
    }

    /** Whether a tensor belongs to a weight in NF4 that is among these. */
    static boolean isBeside(String tensor, Collection<String> names) {
        return weightOf(tensor).filter(weight -> names.contains(weight + STATE)).isPresent();
    }

    /** Outputs and inputs. @throws UserError when the file says them otherwise than bitsandbytes does */
    static long[] shape(TensorFile file, String name) {
        Layout layout = layout(file, name, state(file, name), false);
        return new long[] {layout.outputs(), layout.inputs()};
    }

    /**
     * Reads it into memory, in the caller's scope.
     *
     * @param transposed whether a file that is not quantised holds it the other way round
     * @throws UserError when its tensors do not fit each other
     */
    static Nf4Weight read(TensorFile file, String name, boolean transposed) {
        ObjectNode state = state(file, name);
        Layout layout = layout(file, name, state, transposed);
        require(file, name, DType.U8, layout.bytes());
        requireCode(file, name);
        boolean nested = file.has(name + NESTED_SCALES);
        require(file, name + SCALES, nested ? DType.U8 : DType.F32, layout.blocks());
        Tensor packed = file.readOnHost(name).view(layout.bytes()), scales = file.readOnHost(name + SCALES);
        if (!nested) {
            return new Nf4Weight(layout, packed, new Nf4Scales.Plain(scales));
        }
        int block = state.path("nested_blocksize").asInt();
        JsonNode offset = state.path("nested_offset");
        if (block < 1 || !offset.isNumber()) {
            throw broken(file, name + STATE, say("nested_blocksize or nested_offset is missing"));
        }
        require(file, name + NESTED_SCALES, DType.F32, (layout.blocks() + block - 1) / block);
        require(file, name + NESTED_CODE, DType.F32, 256);
        return new Nf4Weight(layout, packed, new Nf4Scales.Nested(scales, file.readOnHost(name + NESTED_SCALES),
                file.readOnHost(name + NESTED_CODE), (float) offset.asDouble(), block));
    }

    private static ObjectNode state(TensorFile file, String name) {
        byte[] text = Scope.value(() -> {
            int[] bytes = file.readOnHost(name + STATE).toInts();
            byte[] narrow = new byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                narrow[i] = (byte) bytes[i];
            }
            return narrow;
        });
        try {
            if (JsonFile.JSON.readTree(new String(text, StandardCharsets.UTF_8)) instanceof ObjectNode state) {
                return state;
            }
        } catch (IOException e) {
            throw broken(file, name + STATE, say("it is not valid JSON"));
        }
        throw broken(file, name + STATE, say("it is not valid JSON"));
    }

    private static Layout layout(TensorFile file, String name, ObjectNode state, boolean transposed) {
        JsonNode shape = state.path("shape");
        long outputs = shape.path(0).asLong(), inputs = shape.path(1).asLong(), block = state.path("blocksize").asInt();
        DType type = TYPES.get(state.path("dtype").asText());
        if (shape.size() != 2 || outputs < 1 || inputs < 1 || !Nf4Quantiser.isBlock(block) || type == null
                || !state.path("quant_type").asText().equals("nf4")) {
            throw broken(file, name + STATE, say("it says %s; expected a shape of two dimensions, blocks of 32 to 4096 "
                    + "elements, and a dtype of %s", state,
                    String.join(", ", TYPES.keySet().stream().sorted().toList())));
        }
        return new Layout(outputs, inputs, (int) block, type, inputs % 2 == 0 ? Order.BY_ROW : Order.RUNNING,
                transposed);
    }

    private static void require(TensorFile file, String tensor, DType type, long elements) {
        TensorFile.Entry entry = file.entry(tensor);
        if (entry == null || entry.type() != type || entry.elements() != elements) {
            throw broken(file, tensor, say("expected %d elements of %s, found %s", elements, type, entry == null
                    ? say("none") : entry.elements() + " " + entry.type()));
        }
    }

    private static void requireCode(TensorFile file, String name) {
        require(file, name + CODE, DType.F32, 16);
        float[] code = Scope.value(() -> file.readOnHost(name + CODE).toFloats()), own = Nf4Weight.code();
        for (int i = 0; i < own.length; i++) {
            if (!(Math.abs(code[i] - own[i]) <= CODE_ROUNDING)) {
                throw broken(file, name + CODE, say("its values are not NF4's"));
            }
        }
    }

    private static UserError broken(TensorFile file, String tensor, String why) {
        return UserError.of(say("%s: %s is no part of a weight in NF4: %s; fetch or copy the model again", file.file(),
                tensor, why));
    }

    /** What a file holds of a weight, by name, in the order in which bitsandbytes writes it. */
    public static Map<String, Tensor> of(String name, Nf4Weight weight) {
        Layout layout = weight.layout();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        ObjectNode state = JsonFile.JSON.createObjectNode().put("quant_type", "nf4").put("blocksize", layout.block())
                .put("dtype", TYPES.entrySet().stream().filter(type -> type.getValue() == layout.rounded())
                        .findFirst().orElseThrow().getKey());
        state.putArray("shape").add(layout.outputs()).add(layout.inputs());
        tensors.put(name, weight.packed().view(layout.bytes(), 1));
        if (weight.scales() instanceof Nf4Scales.Nested nested) {
            tensors.put(name + SCALES, nested.codes());
            tensors.put(name + NESTED_SCALES, nested.scales());
            tensors.put(name + NESTED_CODE, nested.values());
            state.put("nested_blocksize", nested.block()).put("nested_dtype", "float32")
                    .put("nested_offset", (double) nested.offset());
        } else if (weight.scales() instanceof Nf4Scales.Plain plain) {
            tensors.put(name + SCALES, plain.values());
        }
        float[] code = Nf4Weight.code();
        tensors.put(name + CODE, Tensor.of(code, code.length));
        byte[] text = state.toString().getBytes(StandardCharsets.UTF_8);
        Tensor bytes = Tensor.hostBytes(text.length);
        bytes.memory().put(text);
        tensors.put(name + STATE, bytes);
        return tensors;
    }
}
