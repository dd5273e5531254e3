package io.weft.tune;

import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.nn.Sublayer;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Values.WholeNumber;
import io.weft.settings.Word;
import io.weft.tensor.RandomStream;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * Bottleneck adapters: a narrow network with a nonlinearity beside or behind sublayers, up(activation(down(h))), whose
 * output is added before the block adds the sublayer's. Its way up is zero at first, so attaching changes no output.
 * PEFT has no such method; the files are Weft's own, under a {@code peft_type} that PEFT refuses. The nonlinearity
 * keeps it from being merged into weights.
 *
 * @param variant   where it stands
 * @param width     inner width; the model's width divided by {@code reduction} where it is not given
 * @param reduction see width; 16 is usual (Pfeiffer et al. 2020, arXiv:2005.00247)
 * @param scale     of what is added; He et al. use 4 beside feed-forward sublayers
 */
public record Bottleneck(Variant variant, OptionalInt width, int reduction, Activation activation, double scale)
        implements Adapter {
    static final Bottleneck DEFAULTS = new Bottleneck(Variant.PFEIFFER, OptionalInt.empty(), 16, Activation.RELU, 1);
    private static final Section<Bottleneck> SECTION = Section.of("bottleneck", DEFAULTS,
            text("narrow networks behind or beside the sublayers of every block"),
            Setting.of("variant", OneOf.of(Variant.class),
                    text("behind both sublayers, behind the feed-forward one, or beside it"))
                    .fixed(text("the checkpoint's adapter stands there")),
            Setting.of("width", new WholeNumber(1, 65_536), text("inner width of these networks"))
                    .optional("64", text("the model's width divided by reduction"))
                    .fixed(text("the matrices in the checkpoint have this width")),
            Setting.of("reduction", new WholeNumber(1, 65_536), text("the model's width is divided by this"))
                    .fixed(text("the matrices in the checkpoint have this width")),
            Setting.of("activation", OneOf.of(Activation.class), text("the function between the way down and up"))
                    .fixed(text("the checkpoint's adapter was trained with it")),
            Setting.of("scale", new Number(0, true, 1000, false), text("what these networks add is scaled by this"))
                    .fixed(text("the checkpoint's adapter was trained under it; the same numbers, scaled otherwise, "
                    + "are another adapter")));
    private static final long STREAM = 0x626f7474; // "bott"
    /** The part of a linear's name that its block has for itself: up to the first number. */
    private static final Pattern BLOCK = Pattern.compile("^(.*?\\.\\d+)\\.");
    /** Of a block's two sublayers, in their order: in our file's names, and in its list of positions. */
    private static final List<String> PLACES = List.of("adapter_attn", "adapter_mlp"),
            POSITIONS = List.of("attention_output", "mlp_output");

    /** Where an adapter stands. */
    public enum Variant implements Word {
        /** Behind both sublayers (Houlsby et al. 2019, arXiv:1902.00751). */
        HOULSBY(List.of(0, 1)),
        /** Behind the feed-forward sublayer: half the parameters for nearly the same (Pfeiffer et al. 2020). */
        PFEIFFER(List.of(1)),
        /** Beside the feed-forward sublayer, seeing what that sees (He et al. 2021, arXiv:2110.04366). */
        PARALLEL(List.of(1));

        private final List<Integer> sublayers;

        Variant(List<Integer> sublayers) { this.sublayers = sublayers; }

        List<String> positions() { return sublayers.stream().map(POSITIONS::get).toList(); }
    }

    /** The nonlinearity. */
    public enum Activation implements Word {
        RELU, GELU, SILU, TANH;

        Tensor of(Tensor x) {
            return switch (this) {
                case RELU -> x.relu();
                case GELU -> x.gelu();
                case SILU -> x.silu();
                case TANH -> x.tanh();
            };
        }
    }

    @Override public Section<Bottleneck> section() { return SECTION; }

    @Override public Map<String, String> misfits(CausalLm outline) {
        Map<String, String> misfits = new TreeMap<>();
        if (outline.blocks().stream().anyMatch(block -> block.sublayers().size() != PLACES.size())
                || blockNames(outline).size() != outline.blocks().size()) {
            misfits.put("variant", say("this model's blocks are not one attention and one feed-forward part each; tune "
                    + "it with lora"));
        }
        if (width.isPresent() && width.getAsInt() > outline.width()) {
            misfits.put("width", say("%d is above the model's own width of %d, which is no bottleneck; set one of up "
                    + "to %d, such as %d", width.getAsInt(), outline.width(), outline.width(),
                    Math.max(1, outline.width() / DEFAULTS.reduction)));
        } else if (width.isEmpty() && reduction > outline.width()) {
            misfits.put("reduction",
                    say("%d is above the model's width of %d, so that nothing would be left", reduction,
                    outline.width()));
        }
        return misfits;
    }

    private int width(CausalLm model) { return width.orElse(Math.max(1, model.width() / reduction)); }

    /** "model.layers.0" and so on, by the names of the linears. */
    private static List<String> blockNames(CausalLm model) {
        Set<String> names = new LinkedHashSet<>();
        model.linears().keySet().forEach(linear -> {
            Matcher block = BLOCK.matcher(linear);
            if (block.find()) {
                names.add(block.group(1));
            }
        });
        return new ArrayList<>(names);
    }

    @Override public void attach(CausalLm model, long seed) {
        List<String> blocks = blockNames(model);
        long place = 0;
        for (int i = 0; i < blocks.size(); i++) {
            for (int sublayer : variant.sublayers) {
                attach(model, model.blocks().get(i).sublayers().get(sublayer),
                        blocks.get(i) + "." + PLACES.get(sublayer), RandomStream.of(STREAM, seed, place++));
            }
        }
    }

    @Override public void attach(CausalLm model, Set<String> names) { attach(model, 0); }

    private void attach(CausalLm model, Sublayer sublayer, String name, RandomStream draws) {
        int inner = width(model), outer = model.width();
        double bound = 1 / Math.sqrt(outer); // Kaiming-uniform with a = sqrt(5), as He et al. draw the way down
        sublayer.attach(new Narrow(activation, variant == Variant.PARALLEL, scale,
                model.addTuned(name + ".down.weight", Scope.keep(() -> draws.uniform(-bound, bound, inner, outer))),
                model.addTuned(name + ".down.bias", Scope.keep(() -> Tensor.zeros(inner))),
                model.addTuned(name + ".up.weight", Scope.keep(() -> Tensor.zeros(outer, inner))),
                model.addTuned(name + ".up.bias", Scope.keep(() -> Tensor.zeros(outer)))));
    }

    @Override public String peftType() { return "BOTTLENECK"; }

    @Override public Map<String, Object> peftKeys(CausalLm model) {
        Map<String, Object> keys = new TreeMap<>();
        keys.put("style", variant.word());
        keys.put("bottleneck_size", width(model));
        keys.put("non_linearity", activation.word());
        keys.put("residual", true);
        keys.put("positions", variant.positions());
        keys.put("scale", scale);
        return keys;
    }

    @Override public Bottleneck ofPeft(PeftConfig config) {
        Variant style = config.word("style", Variant.class, DEFAULTS.variant);
        config.refuseUnless("residual", List.of("true"), "");
        config.requireNames("positions", style.positions());
        return new Bottleneck(style, OptionalInt.of(config.wholeNumber("bottleneck_size", 1)), DEFAULTS.reduction,
                config.word("non_linearity", Activation.class, DEFAULTS.activation), config.number("scale", 1));
    }

    @Override public boolean isMergeable() { return false; }

    /** AdapterHub's guide to adapters trains with 1e-4 to 1e-3, Houlsby et al. with 1e-4 to 1e-3 as well. */
    @Override public double learningRate() { return 1e-3; }

    /** down [R, D] and [R], up [D, R] and [D]. @param beside whether it sees what the sublayer sees */
    private record Narrow(Activation activation, boolean beside, double scale, Tensor down, Tensor downBias, Tensor up,
            Tensor upBias) implements Sublayer.Delta {
        @Override public Tensor output(Tensor x, Tensor y, Pass pass) {
            Tensor seen = (beside ? x : y).to(down.type());
            Tensor made = Tensor.linear(activation.of(Tensor.linear(seen, down, downBias)), up, upBias);
            return y.add((scale == 1 ? made : made.mul(scale)).to(y.type()));
        }

        @Override public Stream<Tensor> parameters() { return Stream.of(down, downBias, up, upBias); }
    }
}
