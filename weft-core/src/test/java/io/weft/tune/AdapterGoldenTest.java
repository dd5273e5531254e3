package io.weft.tune;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Batch;
import io.weft.golden.Golden;
import io.weft.model.GoldenRows;
import io.weft.model.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.nn.Pass;
import io.weft.objective.BlockWalk;
import io.weft.objective.Likelihood;
import io.weft.problem.UserError;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/**
 * PEFT's adapters give PEFT's logits, losses, gradients and merged weights, and what is more than plain LoRA is refused
 * by its key.
 */
class AdapterGoldenTest {
    @Test void plainLoraAgreesWithPeft(@TempDir Path folder) {
        int ran = 0;
        for (String name : List.of("llama_lora", "llama_tied_lora_all_linear", "llama_pissa/converted_to_lora",
                "chatglm3_lora", "chatglm3_pissa/converted_to_lora", "gpt2_lora_fan_in_fan_out")) {
            Scope.run(() -> check(name, folder.resolve(name.replace('/', '_'))));
            ran++;
        }
        Golden.ran("peft", ran);
    }

    private static void check(String name, Path copy) {
        Path folder = Golden.at("peft/" + name);
        String home = name.split("/")[0];
        Map<String, Tensor> golden = SafeTensors.open(Golden.at("peft/" + home + "/golden.safetensors")).readAll();
        JsonNode numbers = Golden.json("peft/" + home + "/golden.json");
        CausalLm model = ModelFolder.open(Golden.at("models/" + numbers.path("base").asText())).load();
        Lora lora = AdapterFolder.attach(model, folder);

        int[] row0 = GoldenRows.rows(golden.get("in.ids"))[0];
        close(logits(model, row0), golden.get("nopad.logits_row0"), 1e-4);
        close(logits(model, GoldenRows.unpadded(golden, "in.right_ids", "in.right_mask", 1)),
                golden.get("right.logits_row1_valid"), 1e-4);
        Batch batch = Batch.of(GoldenRows.examples(golden, "in.right_ids", "in.right_labels", "in.right_mask"));
        assertThat(new BlockWalk(model).loss(batch, Likelihood.SFT).mean())
                .isCloseTo(golden.get("right.loss").item(), within(2e-5));

        if (golden.containsKey("merged.logits_row0")) {
            String prefix = "merged.weight.";
            golden.keySet().stream().filter(key -> key.startsWith(prefix)).forEach(key -> {
                Linear linear = model.linears().get(key.substring(prefix.length(), key.length() - ".weight".length()));
                close(linear.mergedWeight(), golden.get(key), 1e-5);
            });
        }
        if (!name.contains("pissa")) {
            assertThat(TrainableCount.of(model, lora)).hasToString(numbers.path("print_trainable_parameters").asText());
            assertThat(greedy(model, row0, golden.get("gen.sequences").size(1)))
                    .isEqualTo(GoldenRows.rows(golden.get("gen.sequences"))[0]);
            gradients(model, batch, numbers.path("grads"));
        }

        copy.toFile().mkdirs();
        lora.write(model, copy, "models/" + numbers.path("base").asText());
        assertThat(copy.resolve(AdapterFolder.CONFIG)).content()
                .contains("\"fan_in_fan_out\" : " + (name.startsWith("gpt2")));
        CausalLm again = ModelFolder.open(Golden.at("models/" + numbers.path("base").asText())).load();
        AdapterFolder.attach(again, copy);
        close(logits(again, row0), logits(model, row0), 0);
        if (!name.contains("pissa")) {
            assertThat(SafeTensors.open(copy.resolve(AdapterFolder.WEIGHTS)).names())
                    .containsExactlyInAnyOrderElementsOf(SafeTensors.open(folder.resolve(AdapterFolder.WEIGHTS))
                    .names());
        }
    }

    private static void gradients(CausalLm model, Batch batch, JsonNode expected) {
        new BlockWalk(model).forwardBackward(batch, Likelihood.SFT, 1.0 / batch.trainedTokens());
        assertThat(expected.size()).isEqualTo(model.tuned().size());
        expected.properties().forEach(entry -> {
            String name = entry.getKey().replace("base_model.model.", "").replace(".default", "");
            double wanted = entry.getValue().path("l2").asDouble();
            assertThat(model.tuned().get(name).gradient().norm()).as(name).isCloseTo(wanted, within(1e-4 * wanted));
            float[] gradient = model.tuned().get(name).gradient().toFloats();
            for (int i = 0; i < 3; i++) {
                assertThat((double) gradient[i]).as(name)
                        .isCloseTo(entry.getValue().path("head").path(i).asDouble(), within(1e-5));
            }
        });
    }

    @Test void whatIsMoreThanPlainLoraIsRefusedByItsKey() {
        refused("llama_dora", "use_dora");
        refused("llama_rslora", "use_rslora");
        refused("llama_lora_patterns", "rank_pattern");
        refused("qwen2_lora_bias_layer1", "bias");
        refused("llama_ia3", "peft_type");
        Golden.ran("peft refused", 5);
    }

    private static void refused(String name, String key) {
        assertThatThrownBy(() -> AdapterFolder.settings(Golden.at("peft/" + name))).isInstanceOf(UserError.class)
                .hasMessageContaining('"' + key + '"');
    }

    private static Tensor logits(CausalLm model, int[] ids) {
        return model.logits(model.hidden(ids, Pass.single(ids.length)));
    }

    private static int[] greedy(CausalLm model, int[] prompt, long length) {
        int[] ids = prompt;
        while (ids.length < length) {
            int[] last = logits(model, ids).narrow(0, ids.length - 1, 1).argmax().toInts();
            ids = IntStream.concat(IntStream.of(ids), IntStream.of(last)).toArray();
        }
        return ids;
    }

    private static void close(Tensor found, Tensor expected, double tolerance) {
        assertThat(found.shape()).isEqualTo(expected.shape());
        assertThat(Scope.value(() -> found.sub(expected).abs().max().item())).isLessThanOrEqualTo(tolerance);
    }
}
