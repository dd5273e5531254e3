package io.weft.tune;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.golden.Golden;
import io.weft.model.TinyModels;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.problem.Language;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.lora.FirstFactors;
import io.weft.tune.lora.LoraForm;
import io.weft.tune.lora.LoraPlaces;
import io.weft.tune.lora.LowRank;
import io.weft.tune.lora.Pair;
import io.weft.tune.lora.TrainedWhole;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Where updates begin as PEFT's do, and what is said of settings that no model can take. */
class LoraFamilyTest {
    private static final String INIT = "pissa_init.safetensors", A = ".lora_A.default.weight";
    private final Language before = Language.current();

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @Test void pissaTakesOutOfEachWeightWhatPeftDoes() {
        int ran = 0;
        for (Path folder : Golden.folders("peft", INIT)) {
            Scope.run(() -> pissa(folder));
            ran++;
        }
        Golden.ran("pissa", ran);
    }

    private static void pissa(Path folder) {
        JsonNode config = Golden.json(folder.resolve(AdapterFolder.CONFIG));
        CausalLm model = ModelFolder.open(Golden.root().orElseThrow().resolve("models/"
                + Golden.json(folder.resolve("golden.json")).path("base").asText())).load();
        Map<String, Tensor> init = SafeTensors.open(folder.resolve(INIT)).readAll();
        int rank = config.path("r").asInt();
        double scale = config.path("lora_alpha").asDouble() / rank;
        init.keySet().stream().filter(name -> name.endsWith(A)).forEach(name -> Scope.run(() -> {
            String prefix = name.substring(0, name.length() - A.length()),
                    linear = prefix.replace("base_model.model.", "");
            Pair own = FirstFactors.principal(model.linears().get(linear), rank, scale);
            Tensor wanted = init.get(prefix + ".lora_B.default.weight").matmul(init.get(name)),
                    found = own.up().matmul(own.down());
            assertThat(found.sub(wanted).abs().max().item()).as(linear).isLessThan(1e-5);
            Tensor residual = init.get(prefix + ".base_layer.weight");
            if (residual != null) {
                Tensor left = model.weights().get(linear + ".weight").stored().sub(found.mul(scale));
                assertThat(left.sub(residual).abs().max().item()).as(linear).isLessThan(1e-5);
            }
        }));
    }

    /** The parts of a random matrix are nearly as large as each other, so what is compared is how much was found. */
    @Test void theFastStartFindsNearlyAsLargeParts() {
        Scope.run(() -> TinyModels.of("llama").linears().values().forEach(linear -> {
            Pair exact = FirstFactors.of(LoraForm.Start.PISSA, linear, 4, 2, 5, 0),
                    fast = FirstFactors.of(LoraForm.Start.PISSA_FAST, linear, 4, 2, 5, 0);
            double most = exact.up().matmul(exact.down()).norm();
            assertThat(fast.up().matmul(fast.down()).norm()).as(linear.name()).isBetween(0.99 * most, 1.0001 * most);
        }));
    }

    @Test void whatNoModelCanTakeIsToldBySettingAllAtOnce() {
        Lora wrong = new Lora(33, 8, 0, List.of("q_proj", "nowhere")).with(new LoraPlaces(List.of("other"),
                List.of(0, 2, 7), Map.of("up_proj", 2), Map.of("k_proj", 2.0)))
                .with(new TrainedWhole(List.of("lm_head", "score"), TrainedWhole.Bias.ALL));
        assertThat(misfits(wrong, "llama")).containsOnlyKeys("targets", "layers", "exclude", "rankPattern",
                "alphaPattern", "rank", "modulesToSave", "bias")
                .hasEntrySatisfying("targets", what -> assertThat(what).contains("nowhere matches no linear"))
                .hasEntrySatisfying("layers", what -> assertThat(what).contains("2, 7: the model has blocks 0 to 1"))
                .hasEntrySatisfying("rank", what -> assertThat(what).startsWith("33 is more than the width of")
                .endsWith(", 32"))
                .hasEntrySatisfying("modulesToSave", what -> assertThat(what).startsWith("score matches no module")
                .contains("embed_tokens", "lm_head", "norm"));
        assertThat(misfits(new Lora(3, 8, 0, List.of("all-linear")).with(new LoraForm(false, false,
                LoraForm.Start.ORTHOGONAL, 1)), "gpt2")).containsOnlyKeys("rank");
        assertThat(misfits(new Lora(2, 8, 0, List.of(".*q_proj")).with(new LoraPlaces(List.of(), List.of(1), Map.of(),
                Map.of())), "llama")).containsOnlyKeys("layers");
        assertThat(misfits(new Lora(2, 8, 0, List.of(".*q_projj")), "llama")).containsOnlyKeys("targets");
        assertThat(misfits(new Lora(2, 8, 0, List.of("q_proj")).with(new LoraPlaces(List.of(".*q_.*"), List.of(),
                Map.of(), Map.of())), "llama")).containsOnlyKeys("targets");
    }

    @Test void whatCannotBeFrozenIsTold() {
        assertThat(misfits(new Freeze(3, List.of("headd")), "llama")).containsOnlyKeys("lastBlocks", "names")
                .containsEntry("lastBlocks", "3; the model has 2 blocks");
        assertThat(misfits(new Freeze(0, List.of()), "llama")).containsOnlyKeys("names");
    }

    private static Map<String, String> misfits(Tuning tuning, String family) {
        return Scope.value(() -> tuning.misfits(TinyModels.of(family)));
    }
}
