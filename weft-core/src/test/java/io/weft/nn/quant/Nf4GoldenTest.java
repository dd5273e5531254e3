package io.weft.nn.quant;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.golden.Golden;
import io.weft.nn.Weight;
import io.weft.nn.quant.Nf4Weight.Layout;
import io.weft.nn.quant.Nf4Weight.Order;
import io.weft.tensor.DType;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * What bitsandbytes makes of weights, byte for byte. It dequantised the golden ones by its CPU kernel, which reads the
 * scales of rows that are no multiple of a block otherwise than its quantiser wrote them, see {@link Order#BY_ROW}; so
 * each is read both ways, and compared with what the file holds and with a plain loop.
 */
class Nf4GoldenTest {
    private static final String FILE = "nf4.json";

    @Test void quantisedWeightsAreThoseOfBitsandbytes() {
        int ran = 0;
        for (Path folder : Golden.folders("quant", FILE)) {
            for (Map.Entry<String, JsonNode> one : Golden.json(folder.resolve(FILE)).path("cases").properties()) {
                Scope.run(() -> check(SafeTensors.open(folder.resolve("nf4.safetensors")), one.getKey(),
                        one.getValue()));
                ran++;
            }
        }
        Golden.ran("nf4", ran);
    }

    private static void check(SafeTensors golden, String name, JsonNode facts) {
        boolean nested = facts.has("nested_offset");
        DType type = facts.path("dtype").asText().equals("bfloat16") ? DType.BF16
                : facts.path("dtype").asText().equals("float16") ? DType.F16 : DType.F32;
        Tensor weight = golden.read(name.substring(0, name.indexOf('.')) + ".weight").to(type);
        Nf4Weight found = new Nf4Quantiser(facts.path("blocksize").asInt(), nested).of(Weight.of(weight));
        assertThat(found.packed().toInts()).as(name).isEqualTo(golden.read(name + ".packed").toInts());
        if (found.scales() instanceof Nf4Scales.Nested scales) {
            assertThat(nested).as(name).isTrue();
            assertThat(scales.codes().toInts()).as(name).isEqualTo(golden.read(name + ".absmax").toInts());
            assertThat(scales.values().toFloats()).as(name).isEqualTo(golden.read(name + ".nested_code").toFloats());
            float[] sizes = golden.read(name + ".nested_absmax").toFloats();
            assertThat(scales.scales().toFloats()).as(name).containsExactly(sizes, within(1e-6f));
            assertThat(scales.offset()).as(name)
                    .isCloseTo((float) facts.path("nested_offset").asDouble(), within(1e-7f));
            assertThat(scales.block()).isEqualTo(facts.path("nested_blocksize").asInt());
        } else {
            assertThat(nested).as(name).isFalse();
            assertThat(found.scales().wide().toFloats()).as(name).isEqualTo(golden.read(name + ".absmax").toFloats());
        }
        Tensor stored = golden.read(name + ".dequantised");
        Layout layout = found.layout();
        dequantises(new Nf4Weight(new Layout(layout.outputs(), layout.inputs(), layout.block(), layout.rounded(),
                layout.inputs() % 2 == 0 ? Order.BY_ROW : Order.RUNNING, false), found.packed(), found.scales()),
                stored, name);
        dequantises(found, Tensor.of(plainly(golden, name, facts), stored.shape()).to(type).to(DType.F32),
                name + " as it was quantised");
    }

    /** As the golden note says that bytes and blocks lie. */
    private static float[] plainly(SafeTensors golden, String name, JsonNode facts) {
        int[] packed = golden.read(name + ".packed").toInts();
        float[] code = golden.read("code").toFloats(), scales = golden.read(name + ".absmax").toFloats();
        if (facts.has("nested_offset")) {
            float[] nestedCode = golden.read(name + ".nested_code").toFloats(),
                    nested = golden.read(name + ".nested_absmax").toFloats();
            for (int i = 0; i < scales.length; i++) {
                scales[i] = nestedCode[(int) scales[i]] * nested[i / facts.path("nested_blocksize").asInt()]
                        + (float) facts.path("nested_offset").asDouble();
            }
        }
        int block = facts.path("blocksize").asInt();
        float[] values = new float[facts.path("shape").path(0).asInt() * facts.path("shape").path(1).asInt()];
        for (int i = 0; i < values.length; i++) {
            values[i] = code[i % 2 == 0 ? packed[i / 2] >> 4 : packed[i / 2] & 15] * scales[i / block];
        }
        return values;
    }

    /** Whole, and each row by itself, wherever it lies in its blocks. */
    private static void dequantises(Nf4Weight found, Tensor expected, String name) {
        assertThat(found.shape()).as(name).isEqualTo(expected.shape());
        same(found.wide(DType.F32), expected, name);
        for (long row = 0; row < found.outputs(); row++) {
            same(found.wide(DType.F32, row, 1), expected.narrow(0, row, 1), name + " row " + row);
        }
    }

    private static void same(Tensor found, Tensor expected, String name) {
        float[] a = found.toFloats(), b = expected.toFloats();
        assertThat(a).as(name).hasSameSizeAs(b);
        for (int i = 0; i < a.length; i++) {
            assertThat(a[i]).as("%s element %d", name, i).isCloseTo(b[i], within(1e-6f * Math.abs(b[i])));
        }
    }
}
