package io.weft.tensor;

import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SafeTensorsTest {
    @TempDir Path folder;

    @Test void whatIsWrittenIsReadBackByteForByte() throws IOException {
        Path file = folder.resolve("a.safetensors"), again = folder.resolve("b.safetensors");
        Scope.run(() -> {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("matrix", Tensor.of(new float[] {1, -2, 3.5f, 0, Float.NaN, 1e-30f}, 2, 3));
            tensors.put("half", Tensor.of(new float[] {1.5f, 2.5f}, 2).to(DType.BF16));
            tensors.put("ids", Tensor.of(new long[] {7, -1}, 2, 1));
            tensors.put("turned", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).transpose(0, 1));
            tensors.put("empty", Tensor.zeros(0, 4));
            SafeTensors.write(file, tensors);
            SafeTensors read = SafeTensors.open(file);
            assertThat(read.names()).containsExactlyElementsOf(tensors.keySet());
            assertThat(read.metadata()).containsEntry("format", "pt");
            assertThat(read.read("turned").toFloats()).containsExactly(1, 3, 2, 4);
            assertThat(read.read("half").type()).isEqualTo(DType.BF16);
            SafeTensors.write(again, read.readAll());
        });
        assertThat(Files.mismatch(file, again)).isEqualTo(-1);
        assertThat(Files.list(folder)).hasSize(2);
    }

    @ParameterizedTest @ValueSource(strings = {
            "{", "[]", "", "{\"a\": 3}", "{\"a\": {\"dtype\": \"F32\", \"shape\": [1]}}",
            "{\"a\": {\"dtype\": \"F32\", \"shape\": [3], \"data_offsets\": [0, 8]}}",
            "{\"a\": {\"dtype\": \"F32\", \"shape\": [-2], \"data_offsets\": [0, 8]}}",
            "{\"a\": {\"dtype\": \"F32\", \"shape\": [4611686018427387904, 4], \"data_offsets\": [0, 8]}}",
            "{\"a\": {\"dtype\": \"F8_E4M3\", \"shape\": [8], \"data_offsets\": [0, 8]}}",
            "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]}, \"a\": {\"dtype\": \"F32\", "
            + "\"shape\": [2], \"data_offsets\": [0, 8]}}",
            "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 8]}, \"b\": {\"dtype\": \"F32\", "
            + "\"shape\": [2], \"data_offsets\": [4, 12]}}",
            "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}",
            "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [9223372036854775800, "
            + "9223372036854775807]}}"})
    void aHeaderThatLiesIsRefused(String header) throws IOException {
        Path file = folder.resolve("bad.safetensors");
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        Files.write(file, ByteBuffer.allocate(16 + json.length).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length)
                .put(json).array());
        assertThatThrownBy(() -> SafeTensors.open(file)).isInstanceOf(UserError.class)
                .hasMessageContaining("bad.safetensors");
    }

    @Test void everyTruncationAndAlmostEveryDamageOfAHeaderIsFound() throws IOException {
        Path file = folder.resolve("whole.safetensors"), damaged = folder.resolve("damaged.safetensors");
        Scope.run(() -> SafeTensors.write(file, Map.of("weight", Tensor.ones(4, 4))));
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(damaged, java.util.Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> SafeTensors.open(damaged)).isInstanceOf(UserError.class);
        }
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = whole.clone();
            bytes[random.nextInt(bytes.length - 64)] ^= (byte) (1 << random.nextInt(8));
            Files.write(damaged, bytes);
            try {
                SafeTensors.open(damaged); // a changed name or blank is no damage that a header shows
            } catch (UserError expected) {
                assertThat(expected).hasMessageContaining("damaged.safetensors");
            }
        }
    }
}
