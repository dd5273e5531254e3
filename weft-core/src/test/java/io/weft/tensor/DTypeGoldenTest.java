package io.weft.tensor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.golden.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Every element type that Weft knows reads as torch wrote it: infinities, subnormals, nothing and scalars included. */
class DTypeGoldenTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test void valuesOfEveryTypeAreTorchs(@TempDir Path copies) throws IOException {
        int ran = 0;
        for (Path folder : Golden.folders("misc", "dtypes.json")) {
            JsonNode golden = Golden.json(folder.resolve("dtypes.json"));
            Path known = copies.resolve(ran + ".safetensors");
            Set<String> names = copyKnown(folder.resolve("dtypes.safetensors"), golden.path("header"), known);
            for (String name : names) {
                Scope.run(() -> same(SafeTensors.open(known).read(name), golden.path("tensors").path(name), name));
                ran++;
            }
        }
        Golden.ran("element types", ran);
    }

    /** A file of unknown types is refused whole, so what Weft knows is read from a copy without them. */
    private static Set<String> copyKnown(Path file, JsonNode header, Path copy) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int dataStart = 8 + (int) bytes.getLong(0);
        ObjectNode kept = JSON.createObjectNode();
        Set<String> names = new LinkedHashSet<>();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        header.properties().forEach(field -> {
            JsonNode entry = field.getValue();
            if (field.getKey().equals("__metadata__")) {
                kept.set(field.getKey(), entry);
            } else if (Arrays.stream(DType.values())
                    .anyMatch(type -> type.name().equals(entry.path("dtype").asText()))) {
                int from = entry.path("data_offsets").path(0).asInt(), to = entry.path("data_offsets").path(1).asInt();
                ObjectNode moved = entry.deepCopy();
                moved.putArray("data_offsets").add(data.size()).add(data.size() + to - from);
                kept.set(field.getKey(), moved);
                names.add(field.getKey());
                data.write(bytes.array(), dataStart + from, to - from);
            } else {
                Golden.skipped(Golden.name(file) + " " + field.getKey(), "no element type " + entry.path("dtype")
                        .asText()
                        + " yet");
            }
        });
        byte[] text = kept.toString().getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
        all.write(text);
        all.write(data.toByteArray());
        Files.write(copy, all.toByteArray());
        return names;
    }

    private static void same(Tensor found, JsonNode expected, String name) {
        assertThat(found.shape()).as(name)
                .isEqualTo(JSON.convertValue(expected.path("shape"), long[].class));
        JsonNode values = expected.path("values");
        if (Set.of(DType.I64, DType.I32, DType.I16, DType.I8, DType.U8, DType.BOOL).contains(found.type())) {
            assertThat(found.to(DType.I64).toLongs()).as(name).isEqualTo(IntStream.range(0, values.size())
                    .mapToLong(i -> values.path(i).isBoolean() ? values.path(i).asBoolean() ? 1 : 0
                    : values.path(i).asLong()).toArray());
            return;
        }
        float[] wanted = new float[values.size()];
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = values.path(i).isTextual() ? special(values.path(i).asText())
                    : (float) values.path(i).asDouble();
        }
        assertThat(found.to(DType.F32).toFloats()).as(name).isEqualTo(wanted);
    }

    private static float special(String text) {
        return text.contains("nan") ? Float.NaN : text.startsWith("-") ? Float.NEGATIVE_INFINITY
                : Float.POSITIVE_INFINITY;
    }
}
