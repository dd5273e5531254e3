package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.model.family.Architectures;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.problem.UserError;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.CRC32;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every key of every family's config.json, deleted, emptied, flipped, doubled and added: Weft's logits are those of
 * transformers, or Weft refuses the file by the key. {@code config_sweep.py} recorded what transformers does.
 */
class ConfigSweepTest {
    private static final JsonNode FIXTURE = fixture();
    /** What Weft refuses by its key though transformers computes it, or passes over it, and why. */
    private static final Map<String, String> REFUSED = Map.ofEntries(
            Map.entry("hidden_act", "SiLU alone is computed"),
            Map.entry("hidden_activation", "gelu_pytorch_tanh alone is computed"),
            Map.entry("activation_function", "gelu_new alone is computed"),
            Map.entry("is_causal", "a decoder's tokens see what is before them"),
            Map.entry("use_bidirectional_attention", "as is_causal"),
            Map.entry("pruned_heads", "transformers 4 prunes, 5 does not"),
            Map.entry("output_router_logits", "adds a loss in training"),
            Map.entry("router_jitter_noise", "noise in training"),
            Map.entry("attn_logit_softcapping", "transformers has the key in gemma3_text and does not read it"),
            Map.entry("scale_attn_by_inverse_layer_idx", "not computed"),
            Map.entry("add_cross_attention", "not computed"),
            Map.entry("num_attention_heads", "gpt2 has n_head, too, which says another number"));
    @TempDir Path folder;

    private static JsonNode fixture() {
        try (InputStream in = ConfigSweepTest.class.getResourceAsStream("config-sweep.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Set<String> families() {
        Set<String> names = new TreeSet<>();
        FIXTURE.path("families").fieldNames().forEachRemaining(names::add);
        return names;
    }

    @ParameterizedTest @MethodSource("families")
    void everyKeyIsObeyedAsTransformersDoesOrRefusedByName(String family) {
        JsonNode swept = FIXTURE.path("families").path(family);
        writeWeights(swept.path("config"));
        List<String> wrong = new ArrayList<>();
        int edits = 0;
        for (JsonNode edit : swept.path("edits")) {
            String found = judged(swept, edit);
            if (!found.isEmpty()) {
                wrong.add(edit.path("delete") + " " + edit.path("set") + " transformers: "
                        + edit.path("result").asText() + edit.path("logits") + " " + edit.path("why").asText()
                        + "  Weft: " + found);
            }
            edits++;
        }
        assertThat(wrong).as("%d of %d edits of %s", wrong.size(), edits, family).isEmpty();
    }

    private String judged(JsonNode swept, JsonNode edit) {
        ObjectNode config = swept.path("config").deepCopy();
        edit.path("delete").forEach(key -> config.remove(key.asText()));
        edit.path("set").properties().forEach(set -> config.set(set.getKey(), set.getValue()));
        List<Float> logits;
        try {
            logits = logits(config);
        } catch (UserError refused) {
            return edit.path("result").asText().matches("raises|weights")
                    || isRightlyRefused(config.path("model_type").asText(), edit, refused) ? ""
                    : "refuses: " + refused.getMessage();
        } catch (RuntimeException e) {
            return "fails: " + e;
        }
        return switch (edit.path("result").asText()) {
            case "same" -> close(logits, swept.path("logits")) ? "" : logits.toString();
            case "logits" -> close(logits, edit.path("logits")) ? "" : logits.toString();
            default -> changesNothing(config.path("model_type").asText(), edit) && close(logits, swept.path("logits"))
                    || isAbsence(swept, edit, logits) || edit.toString().contains("\"su\"") ? "" : "opens: " + logits;
        };
    }

    /** The refusal names the key, and stands in the table above or is about what transformers gets wrong in silence. */
    private static boolean isRightlyRefused(String family, JsonNode edit, UserError refused) {
        return edit.path("set").properties().stream().anyMatch(set -> refused.getMessage()
                .contains('"' + set.getKey()) && (REFUSED.containsKey(set.getKey()) || isMisread(family, set.getKey(),
                set.getValue())));
    }

    /** Values that make no sense and that transformers computes with: it sees nothing, or another theta than given. */
    private static boolean isMisread(String family, String key, JsonNode value) {
        String text = value.toString();
        return switch (key) {
            case "sliding_window", "head_dim" -> value.asInt() == 0;
            case "rope_parameters", "rope_scaling" -> text.contains("_attention") || text.contains("proportional")
                    || text.contains("\"short_factor\":[1.0]") || family.equals("gemma3_text")
                    && (text.startsWith("{\"type\"") || text.contains("\"truncate\":false")
                    || key.equals("rope_parameters"));
            default -> false;
        };
    }

    /** transformers checks the types of all keys; those that nobody computes with, and null, need no check. */
    private static boolean changesNothing(String family, JsonNode edit) {
        return Stream.concat(StreamSupport.stream(edit.path("delete").spliterator(), false).map(JsonNode::asText),
                edit.path("set").properties().stream().filter(set -> !set.getValue().isNull()).map(Map.Entry::getKey))
                .allMatch(key -> ConfigKeys.passesOver(key) || !keys(family).obeys(key));
    }

    /** transformers refuses null where a key is no optional one; here it is as good as no key. */
    private static boolean isAbsence(JsonNode swept, JsonNode edit, List<Float> found) {
        Map.Entry<String, JsonNode> set = edit.path("set").properties().iterator().next();
        return edit.path("set").size() == 1 && set.getValue().isNull() && StreamSupport
                .stream(swept.path("edits").spliterator(), false)
                .anyMatch(other -> other.path("delete").size() == 1 && other.path("set").isMissingNode()
                && other.path("delete").path(0).asText().equals(set.getKey()) && close(found, other.path("logits")));
    }

    private static FamilyKeys keys(String family) {
        return Architectures.all().stream().filter(one -> one.modelTypes().contains(family)).findFirst().orElseThrow()
                .keys();
    }

    private static boolean close(List<Float> found, JsonNode expected) {
        for (int i = 0; i < expected.size(); i++) {
            if (!(Math.abs(found.get(i) - expected.get(i).asDouble()) < 1e-4)) {
                return false;
            }
        }
        return found.size() == expected.size();
    }

    private List<Float> logits(ObjectNode config) {
        write(config);
        return Scope.value(() -> {
            CausalLm model = ModelFolder.open(folder).load();
            int[] ids = numbers(FIXTURE.path("ids"));
            Tensor hidden = model.hidden(ids, Pass.single(ids.length));
            List<Float> seen = new ArrayList<>();
            for (int row : numbers(FIXTURE.path("rows"))) {
                float[] all = model.logits(hidden.narrow(0, row, 1)).toFloats();
                for (int id : numbers(FIXTURE.path("seen"))) {
                    seen.add(all[id]);
                }
            }
            return seen;
        });
    }

    private static int[] numbers(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
    }

    private void write(JsonNode config) {
        try {
            Files.writeString(folder.resolve("config.json"), config.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void writeWeights(JsonNode config) {
        write(config);
        Scope.run(() -> {
            Map<String, Tensor> weights = new LinkedHashMap<>();
            ModelFolder.open(folder).outline().weights().forEach((name, weight) ->
                    weights.put(name, Tensor.of(values(name, weight.shape()), weight.shape())));
            SafeTensors.write(folder.resolve("model.safetensors"), weights);
        });
    }

    /** The formula of {@code config_sweep.py}. */
    private static float[] values(String name, long[] shape) {
        CRC32 start = new CRC32();
        start.update(name.getBytes(StandardCharsets.UTF_8));
        int count = 1;
        for (long size : shape) {
            count *= (int) size;
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            int x = (int) start.getValue() + i;
            x = (x ^ x >>> 16) * 0x85EBCA6B;
            x = (x ^ x >>> 13) * 0xC2B2AE35;
            double uniform = Integer.toUnsignedLong(x ^ x >>> 16) / 0x1p32 - 0.5;
            values[i] = (float) (shape.length > 1 ? 0.8 * uniform : 0.6 * uniform + (name.endsWith(".weight") ? 1 : 0));
        }
        return values;
    }
}
