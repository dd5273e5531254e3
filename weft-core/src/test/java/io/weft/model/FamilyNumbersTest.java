package io.weft.model;

import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.tensor.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Logits of {@link TinyModels} that other code computed from the same files, so that a clone without golden data tests
 * each family's numbers: transformers 5.17.0 (fp32, eager attention), for chatglm an own ChatGLM3 forward in torch that
 * agrees with the published modeling_chatglm.py, for olmo2, granite and smollm3 an own forward in double precision that
 * agrees with transformers on the golden models.
 */
class FamilyNumbersTest {
    private static final int[] IDS = new int[14], SEEN = {0, 24, 48, 72, 96};
    /** Of the last token, at the ids seen. */
    private static final Map<String, double[]> LOGITS = Map.ofEntries(
            Map.entry("llama", new double[] {-0.18575, -0.03723, 1.54757, -2.15821, -0.22161}),
            Map.entry("qwen2", new double[] {-0.96808, 0.33506, 1.73691, -2.43493, -1.15563}),
            Map.entry("qwen3", new double[] {-0.97290, -0.79830, 1.41025, -2.04897, -0.16458}),
            Map.entry("mistral", new double[] {-0.07642, 0.28893, 0.28008, 2.88499, -0.00353}),
            Map.entry("chatglm", new double[] {-0.08642, 0.08592, 1.91148, -0.72345, -0.59393}),
            Map.entry("glm", new double[] {1.02370, 0.43407, -0.50946, 0.00832, 0.30452}),
            Map.entry("glm4", new double[] {0.80966, 0.36734, -0.59997, -0.68575, -0.00816}),
            Map.entry("phi3", new double[] {-1.14462, 0.92724, 1.28072, 1.11185, -0.65270}),
            Map.entry("gemma2", new double[] {-0.25719, 0.10577, -0.08611, -1.22581, -0.49288}),
            Map.entry("gemma3_text", new double[] {0.43821, 0.04140, 0.02537, -1.85962, 0.07841}),
            Map.entry("gpt2", new double[] {-0.63167, 0.90030, -0.29293, -2.06683, -2.89134}),
            Map.entry("mixtral", new double[] {0.99273, -1.84758, -0.88080, 1.27293, -1.51570}),
            Map.entry("qwen3_moe", new double[] {1.40103, -0.06402, -0.24404, 0.46259, -0.45980}),
            Map.entry("olmo2", new double[] {1.01136, -0.81967, 1.88678, 0.64336, -0.86594}),
            Map.entry("granite", new double[] {0.02443, 0.06496, 0.31815, 0.20908, 0.03864}),
            Map.entry("smollm3", new double[] {-0.93309, -0.37303, 1.35492, -2.35993, -0.31366}));

    static {
        Arrays.setAll(IDS, i -> (i * 37 + 154) % TinyModels.VOCABULARY);
    }

    static List<String> families() { return TinyModels.families(); }

    @ParameterizedTest @MethodSource("families")
    void aTinyModelGivesTheLogitsOfOtherCode(String family) {
        assertThat(LOGITS).as("logits of the family %s: give it a line", family).containsKey(family);
        Scope.run(() -> {
            CausalLm model = TinyModels.of(family);
            float[] logits = model.logits(model.hidden(IDS, Pass.single(IDS.length)).narrow(0, IDS.length - 1, 1))
                    .toFloats();
            for (int i = 0; i < SEEN.length; i++) {
                assertThat((double) logits[SEEN[i]]).as("logit of id %d", SEEN[i])
                        .isCloseTo(LOGITS.get(family)[i], within(1e-4));
            }
        });
    }
}
