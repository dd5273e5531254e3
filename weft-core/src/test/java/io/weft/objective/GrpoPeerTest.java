package io.weft.objective;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.objective.grpo.Grpo;
import io.weft.objective.grpo.Normalise;
import io.weft.objective.grpo.RolloutSettings;
import io.weft.settings.Word;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Advantages, losses and gradients are those of TRL's trainer; src/test/python/grpo_losses.py wrote its numbers. */
class GrpoPeerTest {
    private static final JsonNode PEER = peer();

    private static JsonNode peer() {
        try (InputStream in = GrpoPeerTest.class.getResourceAsStream("grpo/grpo_losses.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A case, shown by its name. */
    private record Case(JsonNode numbers) {
        @Override public String toString() { return numbers.path("name").asText(); }

        Grpo grpo() {
            return new Grpo(new RolloutSettings(4, numbers.path("maxNewTokens").asInt(), 1, 1, 0),
                    new Grpo().rewards(), numbers.path("beta").asDouble(),
                    new Grpo.Clip(numbers.path("clipLow").asDouble(), numbers.path("clipHigh").asDouble()),
                    Word.named(Normalise.class, numbers.path("normalise").asText()).orElseThrow());
        }
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        PEER.path("cases").forEach(each -> cases.add(new Case(each)));
        return cases.stream();
    }

    private static double[] doubles(JsonNode numbers) {
        return IntStream.range(0, numbers.size()).mapToDouble(i -> numbers.get(i).asDouble()).toArray();
    }

    private static float[] floats(JsonNode numbers) {
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = numbers.get(i).floatValue();
        }
        return floats;
    }

    @ParameterizedTest @MethodSource("cases")
    void advantagesLossAndGradientAreThePeers(Case each) {
        Grpo grpo = each.grpo();
        double[] advantages = IntStream.range(0, PEER.path("rewards").size()).boxed().flatMapToDouble(group ->
                Arrays.stream(grpo.normalise().advantages(doubles(PEER.path("rewards").get(group))))).toArray();
        assertThat(advantages).usingComparatorWithPrecision(1e-5).containsExactly(doubles(each.numbers()
                .path("advantages")));
        double[] lengths = doubles(PEER.path("lengths"));
        int[] documents = IntStream.range(0, lengths.length).flatMap(document ->
                IntStream.generate(() -> document).limit((long) lengths[document])).toArray();
        int[] rows = IntStream.range(0, lengths.length).map(document -> document / 4).toArray();
        Targets made = new Targets(floats(PEER.path("now")), documents, rows,
                grpo.wantsReference() ? floats(PEER.path("reference")) : new float[0], advantages);
        Targets targets = each.numbers().path("earlier").asBoolean()
                ? made.withEarlier(floats(PEER.path("before"))) : made;
        LossSum loss = grpo.loss(targets);
        assertThat(loss.mean()).isCloseTo(each.numbers().path("loss").asDouble(), within(1e-5));
        each.numbers().path("metrics").properties().forEach(metric -> assertThat(loss.means().get(metric.getKey()))
                .as(metric.getKey()).isCloseTo(metric.getValue().asDouble(), within(1e-5)));
        float[] gradient = grpo.gradient(targets), expected = floats(each.numbers().path("gradient"));
        for (int i = 0; i < expected.length; i++) {
            assertThat(gradient[i] / loss.count()).isCloseTo(expected[i], within(1e-5f));
        }
    }
}
