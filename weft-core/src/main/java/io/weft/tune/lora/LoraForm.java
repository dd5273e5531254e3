package io.weft.tune.lora;

import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Flag;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Word;
import java.util.Map;
import java.util.TreeMap;

import static io.weft.problem.Translatable.text;

/**
 * In which form a low-rank update is learned. The defaults are plain LoRA's.
 *
 * @param rslora    whether it is scaled by alpha / sqrt(rank), under which large ranks learn as fast as small ones
 *     (Kalajdzievski 2023, arXiv:2312.03732)
 * @param dora      whether the length of each output's weights is learned apart from their direction (Liu et al. 2024,
 *     arXiv:2402.09353)
 * @param init      what the two matrices are at first
 * @param plusRatio what the learning rate of B, of lengths and of biases is multiplied with (LoRA+, Hayou et al. 2024,
 *     arXiv:2402.12354, which takes 16)
 */
public record LoraForm(boolean rslora, boolean dora, Start init, double plusRatio) {
    public static final LoraForm PLAIN = new LoraForm(false, false, Start.KAIMING, 1);
    public static final Section<LoraForm> SECTION = Section.within("form", PLAIN,
            Setting.of("rslora", new Flag(), text("scale by alpha / sqrt(rank) instead (rsLoRA)"))
                    .fixed(text("the checkpoint's adapter was trained under it; the same numbers, scaled otherwise, "
                    + "are another adapter")),
            Setting.of("dora", new Flag(),
                    text("learn the length of each output's weights apart from their direction (DoRA)")),
            Setting.of("init", OneOf.of(Start.class), text("what the update is at first; pissa and pissaFast begin "
                    + "with the largest parts of each weight")),
            Setting.of("plusRatio", new Number(1, false, 1_000, false),
                    text("how much larger the learning rate of the second matrix is (LoRA+, which takes 16)")));

    /** What the two matrices are at first. */
    public enum Start implements Word {
        /** A uniform as of a linear in PyTorch, B zero: as PEFT draws them. */
        KAIMING,
        /** A normal with deviation 1 / rank, B zero. */
        GAUSSIAN,
        /** Both random with B A = 0, of halves of an orthogonal matrix. */
        ORTHOGONAL,
        /**
         * The parts of the weight with the largest singular values, which the update takes over from it (Meng et al.
         * 2024, arXiv:2404.02948).
         */
        PISSA,
        /** The same by a randomised decomposition, seconds instead of minutes for a large model. */
        PISSA_FAST;

        /** Whether the update takes its beginning out of the weight. */
        public boolean isPrincipal() { return this == PISSA || this == PISSA_FAST; }
    }

    /** What B A is multiplied with. */
    public double scale(int rank, double alpha) { return rslora ? alpha / Math.sqrt(rank) : alpha / rank; }

    /** The keys of PEFT's config, only what is used. */
    public Map<String, Object> peftKeys() {
        Map<String, Object> keys = new TreeMap<>();
        if (rslora) {
            keys.put("use_rslora", true);
        }
        if (dora) {
            keys.put("use_dora", true);
        }
        return keys;
    }
}
