package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.golden.Golden;
import io.weft.nn.Rope;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class RopeFrequenciesTest {
    private static final int ROTATED = 16;
    private static final double THETA = 10_000;
    @TempDir Path folder;

    @Test void everyScalingAgreesWithHuggingFace() throws IOException {
        int ran = 0;
        for (JsonNode golden : Golden.json("models/rope_vectors.json")) {
            String name = golden.path("name").asText();
            Rope.Frequencies found = RopeFrequencies.of(config(("{\"rope_parameters\": %s, "
                    + "\"max_position_embeddings\": %s}").formatted(golden.path("rope_parameters"),
                    golden.path("max_position_embeddings"))), golden.path("head_dim").asInt());
            assertThat(found.amplitude()).as(name).isCloseTo(golden.path("attention_scaling").asDouble(), within(1e-9));
            close(name, found.of(1), golden.path("inv_freq"));
            for (int length : lengths(golden)) {
                float[] frequencies = found.of(length);
                close(name, frequencies, golden.path("inv_freq_after_" + length));
                for (int i = 0; i < frequencies.length; i++) {
                    double cosine = Math.cos((length - 1) * frequencies[i]) * found.amplitude();
                    assertThat(cosine).as(name).isCloseTo(golden.path("cos_last_of_" + length).path(i).asDouble(),
                            within(3e-5));
                }
            }
            ran++;
        }
        Golden.ran("rope vectors", ran);
    }

    private static int[] lengths(JsonNode golden) {
        String after = "inv_freq_after_";
        return golden.properties().stream().map(Map.Entry::getKey).filter(key -> key.startsWith(after))
                .mapToInt(key -> Integer.parseInt(key.substring(after.length()))).toArray();
    }

    @Test void yarnLeavesFastWavesAndSlowsSlowOnes() throws IOException {
        Rope.Frequencies found = of("{\"rope_type\": \"yarn\", \"factor\": 4.0, \"original_max_position_embeddings\": "
                + "64, \"beta_fast\": 8}");
        // A pair turns 64 theta^(-2i/16) / 2 pi times in the trained length: 8 times near i = 0.21, once near i = 2.02.
        // So the ramp goes from 0 to 3.
        double[] left = {1, 2 / 3.0, 1 / 3.0, 0, 0, 0, 0, 0};
        for (int i = 0; i < 8; i++) {
            double plain = Math.pow(THETA, -2.0 * i / ROTATED);
            assertThat((double) found.of(1)[i]).isCloseTo(plain * left[i] + plain / 4 * (1 - left[i]),
                    within(1e-6 * plain));
        }
        assertThat(found.amplitude()).isCloseTo(0.1 * Math.log(4) + 1, within(1e-12));
        assertThat(found.of(1000)).isEqualTo(found.of(1));
        assertThat(of("{\"rope_type\": \"yarn\", \"factor\": 4.0, \"mscale\": 1.0, \"mscale_all_dim\": 0.5}")
                .amplitude())
                .isCloseTo((0.1 * Math.log(4) + 1) / (0.05 * Math.log(4) + 1), within(1e-12));
    }

    @Test void longRopeDividesByOneListWithinTheTrainedLengthAndByAnotherBeyond() throws IOException {
        String lists =
                "\"short_factor\": [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7], \"long_factor\": [1, 2, 3, 4, 5, 6, 7, 8]";
        // As in Phi-3: the trained length stands beside the parameters, the factor follows from it.
        Rope.Frequencies found = RopeFrequencies.of(config("""
                {"max_position_embeddings": 1024, "original_max_position_embeddings": 64, "rope_theta": 10000.0, \
                "rope_scaling": {"type": "longrope", %s}}""".formatted(lists)), ROTATED);
        for (int i = 0; i < 8; i++) {
            double plain = Math.pow(THETA, -2.0 * i / ROTATED);
            assertThat((double) found.of(64)[i]).isCloseTo(plain / (1 + 0.1 * i), within(1e-6 * plain));
            assertThat((double) found.of(65)[i]).isCloseTo(plain / (1 + i), within(1e-6 * plain));
        }
        assertThat(found.amplitude()).isCloseTo(Math.sqrt(1 + Math.log(16) / Math.log(64)), within(1e-12));
    }

    @Test void dynamicScalingGrowsWithTheDocument() throws IOException {
        Rope.Frequencies found = of("{\"rope_type\": \"dynamic\", \"factor\": 2.0}");
        assertThat(found.of(256)).isEqualTo(RopeFrequencies.plain(THETA, ROTATED));
        for (int length : new int[] {257, 400, 512}) {
            double theta = THETA * Math.pow(2.0 * length / 256 - 1, 16 / 14.0);
            for (int i = 0; i < 8; i++) {
                double expected = Math.pow(theta, -2.0 * i / ROTATED);
                assertThat((double) found.of(length)[i]).isCloseTo(expected, within(1e-6 * expected));
            }
        }
    }

    @Test void whatIsNotComputedIsRefused() {
        Map.of("{\"rope_type\": \"proportional\"}", "proportional", "{\"rope_type\": \"linear\"}", "factor",
                "{\"rope_type\": \"longrope\", \"factor\": 2, \"short_factor\": [1, 2]}", "short_factor")
                .forEach((parameters, word) -> assertThatThrownBy(() -> of(parameters)).isInstanceOf(UserError.class)
                .hasMessageContaining(word).hasMessageContaining("config.json"));
    }

    private Rope.Frequencies of(String parameters) throws IOException {
        return RopeFrequencies.of(config("{\"max_position_embeddings\": 256, \"rope_theta\": 10000.0, "
                + "\"rope_scaling\": " + parameters + "}"), ROTATED);
    }

    private HfConfig config(String json) throws IOException {
        return HfConfig.read(Files.writeString(folder.resolve("config.json"), json));
    }

    private static void close(String name, float[] found, JsonNode expected) {
        assertThat(found).as(name).hasSize(expected.size());
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).as(name).isCloseTo(expected.path(i).asDouble(),
                    within(1e-6 * expected.path(i).asDouble()));
        }
    }
}
