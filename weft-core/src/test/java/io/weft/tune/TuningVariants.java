package io.weft.tune;

import io.weft.tune.lora.LoraForm;
import io.weft.tune.lora.LoraForm.Start;
import io.weft.tune.lora.LoraPlaces;
import io.weft.tune.lora.TrainedWhole;
import io.weft.tune.lora.TrainedWhole.Bias;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Every way of tuning with its defaults, and settings of some that make another method of them. */
final class TuningVariants {
    private static final Lora SMALL = new Lora(4, 8, 0, List.of(TargetNames.ALL_LINEAR));

    private TuningVariants() {}

    static List<Tuning> all() { return Stream.concat(Tunings.all().stream(), notable()).toList(); }

    private static Stream<Tuning> notable() {
        return Stream.of(form(true, false, Start.KAIMING, 1), form(false, true, Start.KAIMING, 1),
                form(false, false, Start.GAUSSIAN, 16), form(false, true, Start.ORTHOGONAL, 1),
                form(false, false, Start.PISSA, 1), form(true, true, Start.PISSA, 4),
                SMALL.with(new LoraPlaces(List.of(".*\\.[01]\\..*(o_proj|dense)"), List.of(1), Map.of(".*", 2),
                        Map.of("[a-z_]+proj|dense.*|c_.*", 3.0))),
                new Lora(4, 8, 0.2, List.of(".*\\.1\\..*(v_proj|query_key_value|c_attn)")).with(
                        new LoraForm(false, true, Start.PISSA_FAST, 1)),
                SMALL.with(new TrainedWhole(List.of(), Bias.LORA_ONLY)),
                SMALL.with(new TrainedWhole(List.of(), Bias.ALL)).with(new LoraForm(false, true, Start.KAIMING, 1)),
                whole("lm_head"), whole("model.embed_tokens", "model.norm"), whole("q_norm", "v_proj"),
                whole("lm_head", "embed_tokens", "input_layernorm"),
                whole("output_layer", "word_embeddings", "final_layernorm", "query_key_value"),
                whole("wte", "ln_1", "c_attn"), new Freeze(1, List.of()), new Freeze(0, List.of("lm_head")),
                new Freeze(1, List.of(".*embed.*|.*wte.*|.*norm\\.weight")),
                new Freeze(0, List.of("layers.0", "norm")));
    }

    private static Lora form(boolean rslora, boolean dora, Start start, double ratio) {
        return SMALL.with(new LoraForm(rslora, dora, start, ratio));
    }

    private static Lora whole(String... names) {
        return SMALL.with(new TrainedWhole(List.of(names), Bias.NONE));
    }
}
