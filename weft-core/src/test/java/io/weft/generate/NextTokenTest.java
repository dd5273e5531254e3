package io.weft.generate;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.golden.Golden;
import io.weft.problem.UserError;
import io.weft.tensor.RandomStream;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class NextTokenTest {
    private static final Sampling PLAIN = new Sampling(1, 1, 1, 0, 0, 1, 0);

    /** One setting within the name of a golden case: top_k_5, or T0.7 of tutorial_T0.7_p0.9. */
    private static final Pattern SETTING =
            Pattern.compile("(temperature_|T|top_k_|k|top_p_|p|min_p_|minp|repetition_|rep)"
            + "([0-9.]+)");
    /** What such a case may be called before its settings. */
    private static final Pattern CASE = Pattern.compile("(?:[a-z]+_(?=T))?(" + SETTING + "(_|$))+");

    /** The golden cases of the settings that Weft has, as Hugging Face's processors leave the scores. */
    private static Map<String, Sampling> goldenCases(JsonNode golden) {
        Map<String, Sampling> cases = new LinkedHashMap<>();
        for (var one : golden.properties()) {
            if (CASE.matcher(one.getKey()).matches()) {
                cases.put(one.getKey(), sampling(one.getKey()));
            } else {
                Golden.skipped("sampling/" + one.getKey(), "not a setting of Sampling");
            }
        }
        return cases;
    }

    private static Sampling sampling(String name) {
        double temperature = 1, topP = 1, minP = 0, penalty = 1;
        int topK = 0;
        for (Matcher setting = SETTING.matcher(name); setting.find();) {
            double value = Double.parseDouble(setting.group(2));
            switch (setting.group(1)) {
                case "temperature_", "T" -> temperature = value;
                case "top_k_", "k" -> topK = (int) value;
                case "top_p_", "p" -> topP = value;
                case "min_p_", "minp" -> minP = value;
                default -> penalty = value;
            }
        }
        return sampling(temperature, topP, topK, minP, penalty);
    }

    @Test void scoresAndProbabilitiesAreThoseOfHuggingFace() {
        JsonNode numbers = Golden.json("sampling/golden.json");
        double[] worst = {0};
        Scope.run(() -> {
            Map<String, Tensor> golden = SafeTensors.open(Golden.at("sampling/golden.safetensors")).readAll();
            goldenCases(numbers.path("cases")).forEach((name, sampling) -> {
                for (int row = 0; row < golden.get("logits").size(0); row++) {
                    float[] scores = row(golden.get("logits"), row);
                    BitSet seen = new BitSet();
                    Arrays.stream(golden.get("input_ids").narrow(0, row, 1).toInts()).forEach(seen::set);
                    NextToken.process(scores, seen, sampling);
                    float[] expected = row(golden.get(name + ".scores"), row),
                            probabilities = row(golden.get(name + ".probs"), row);
                    float[] found = softmax(scores);
                    // which of several equal scores stays is the sort's choice, so only their values count
                    if (hasEqual(row(golden.get("logits"), row))) {
                        Arrays.sort(scores);
                        Arrays.sort(expected);
                        Arrays.sort(found);
                        Arrays.sort(probabilities);
                    }
                    assertThat(count(scores)).as(name)
                            .isEqualTo(numbers.path("cases").path(name).path("kept").path(row).asInt());
                    for (int i = 0; i < scores.length; i++) {
                        assertThat(scores[i] == Float.NEGATIVE_INFINITY).as("%s row %d token %d", name, row, i)
                                .isEqualTo(expected[i] == Float.NEGATIVE_INFINITY);
                        if (scores[i] > Float.NEGATIVE_INFINITY) {
                            worst[0] = Math.max(worst[0], Math.abs(scores[i] - expected[i]));
                            assertThat(scores[i]).as("%s row %d token %d", name, row, i)
                                    .isCloseTo(expected[i], within(1e-6f));
                        }
                        assertThat(found[i]).as("%s row %d token %d", name, row, i)
                                .isCloseTo(probabilities[i], within(1e-6f));
                    }
                }
            });
        });
        System.out.printf("golden sampling: worst score difference %.1e%n", worst[0]);
        Golden.ran("sampling", goldenCases(numbers.path("cases")).size());
    }

    private static boolean hasEqual(float[] scores) {
        float[] sorted = scores.clone();
        Arrays.sort(sorted);
        return IntStream.range(1, sorted.length).anyMatch(i -> sorted[i] == sorted[i - 1]);
    }

    @Test void aLargeVocabularyKeepsTheTokensThatSortingAllOfItWouldKeep() {
        RandomStream random = RandomStream.of(7);
        for (double spread : new double[] {0.01, 1, 6, 60}) {
            for (double p : new double[] {0.05, 0.5, 0.9, 0.999}) {
                float[] scores = new float[5000];
                for (int i = 0; i < scores.length; i++) {
                    scores[i] = (float) (spread * random.uniform(i));
                }
                Integer[] order = IntStream.range(0, scores.length).boxed()
                        .sorted((a, b) -> Float.compare(scores[b], scores[a])).toArray(Integer[]::new);
                double total = IntStream.range(0, scores.length).mapToDouble(i -> Math.exp(scores[i])).sum(),
                        before = 0;
                BitSet expected = new BitSet(), found = new BitSet();
                for (int i = 0; i < order.length && before < p * total; before += Math.exp(scores[order[i++]])) {
                    expected.set(order[i]);
                }
                NextToken.process(scores, new BitSet(), sampling(1, p, 0, 0, 1));
                IntStream.range(0, scores.length).filter(i -> scores[i] > Float.NEGATIVE_INFINITY).forEach(found::set);
                assertThat(found).as("spread %s, p %s", spread, p).isEqualTo(expected);
            }
        }
    }

    @Test void drawsFollowTheProbabilities() {
        float[] scores = {(float) Math.log(0.5), Float.NEGATIVE_INFINITY, (float) Math.log(0.3), (float) Math.log(0.2)};
        RandomStream random = RandomStream.of(1);
        int[] drawn = new int[4];
        for (int i = 0; i < 100_000; i++) {
            drawn[NextToken.draw(scores, random.uniform(i))]++;
        }
        assertThat(drawn[1]).isZero();
        assertThat(drawn[0] / 1e5).isCloseTo(0.5, within(0.01));
        assertThat(drawn[2] / 1e5).isCloseTo(0.3, within(0.01));
        assertThat(drawn[3] / 1e5).isCloseTo(0.2, within(0.01));
        assertThat(NextToken.draw(scores, 0)).isZero();
        assertThat(NextToken.draw(scores, Math.nextDown(1.0))).isEqualTo(3);
    }

    @Test void topKKeepsAllThatEqualTheLastOne() {
        float[] scores = {1, 3, 2, 2, 0, 2};
        NextToken.process(scores, new BitSet(), sampling(1, 1, 2, 0, 1));
        float gone = Float.NEGATIVE_INFINITY;
        assertThat(scores).containsExactly(gone, 3, 2, 2, gone, 2);
    }

    @Test void greedyKnowsOnlyTheRepetitionPenalty() {
        float[] scores = {2, -1, 1.5f};
        BitSet seen = new BitSet();
        seen.set(0, 2);
        NextToken.process(scores, seen, new Sampling(1, 0, 0.1, 1, 0.9, 2, 0));
        assertThat(scores).containsExactly(1, -2, 1.5f);
        assertThat(NextToken.highest(scores)).isEqualTo(2);
    }

    @Test void everyNumberOutOfBoundsIsNamedAtOnce() {
        assertThatThrownBy(() -> new Sampling(0, Double.NaN, 0, -1, 2, 0, 1)).isInstanceOf(UserError.class)
                .hasMessageContainingAll("maxNewTokens is 0", "temperature is NaN", "topP is 0.0", "topK is -1",
                "minP is 2.0", "repetitionPenalty is 0.0");
        assertThat(PLAIN.isGreedy()).isFalse();
        assertThat(Sampling.greedy(3).isGreedy()).isTrue();
    }

    private static Sampling sampling(double temperature, double topP, int topK, double minP, double penalty) {
        return new Sampling(1, temperature, topP, topK, minP, penalty, 0);
    }

    private static float[] row(Tensor tensor, int row) { return tensor.narrow(0, row, 1).toFloats(); }

    private static int count(float[] scores) {
        return (int) IntStream.range(0, scores.length).filter(i -> scores[i] > Float.NEGATIVE_INFINITY).count();
    }

    private static float[] softmax(float[] scores) {
        double max = scores[NextToken.highest(scores)], total = 0;
        for (float score : scores) {
            total += Math.exp(score - max);
        }
        float[] probabilities = new float[scores.length];
        for (int i = 0; i < scores.length; i++) {
            probabilities[i] = (float) (Math.exp(scores[i] - max) / total);
        }
        return probabilities;
    }
}
