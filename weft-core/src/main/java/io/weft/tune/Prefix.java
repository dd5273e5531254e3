package io.weft.tune;

import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.KeyValueCache;
import io.weft.nn.KeyValuePrefix;
import io.weft.nn.PassFeed;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Flag;
import io.weft.settings.Values.WholeNumber;
import io.weft.tensor.DType;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import io.weft.tune.prompt.FreshTensors;
import io.weft.tune.prompt.PrefixFeed;
import io.weft.tune.prompt.PromptNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * Prefix tuning (Li and Liang 2021, arXiv:2101.00190; the same in every layer for any task: P-Tuning v2, Liu et al.
 * 2021, arXiv:2110.07602): keys and values before those of every document's tokens, learned layer by layer. PEFT's
 * PREFIX_TUNING. By default they begin as the model's own keys and values of real tokens, which the first paper finds
 * far better than random ones (section 7.4): the model then starts as if it had read these tokens.
 *
 * @param length     number of virtual tokens
 * @param init       what they are before the first step
 * @param words      that they begin with, where init is "words"
 * @param projection whether a network of two layers makes them from vectors of a key's width, which the first paper
 *     needed to train stably; it is gone when training ends
 * @param hidden     inner width of that network
 */
public record Prefix(int length, TokenStart init, Optional<String> words, boolean projection, OptionalInt hidden)
        implements PromptAdapter {
    static final Prefix DEFAULTS = new Prefix(20, TokenStart.VOCABULARY, Optional.empty(), false, OptionalInt.empty());
    private static final Section<Prefix> SECTION = Section.of("prefix", DEFAULTS,
            text("learned keys and values before those of every row, in every layer"),
            VirtualTokens.LENGTH, VirtualTokens.INIT, VirtualTokens.WORDS,
            Setting.of("projection", new Flag(), text("whether a network makes them while training"))
                    .fixed(text("the checkpoint holds the one or the other")),
            Setting.of("hidden", new WholeNumber(1, 65_536), text("inner width of that network"))
                    .optional("512", text("the width of a layer's keys"))
                    .fixed(text("the matrices in the checkpoint have this width")));
    private static final long STREAM = 0x70726566; // "pref"
    private static final String FIRST = "transform.0", SECOND = "transform.2";

    @Override public Section<Prefix> section() { return SECTION; }

    @Override public Map<String, String> conflicts() {
        Map<String, String> conflicts = new TreeMap<>(VirtualTokens.conflicts(init, words));
        if (hidden.isPresent() && !projection) {
            conflicts.put("hidden", say("is given and not used, as projection is false; set projection: true"));
        }
        return conflicts;
    }

    @Override public Map<String, String> misfits(CausalLm outline) {
        return outline.cacheShapes().stream().distinct().count() == 1 ? Map.of()
                : Map.of("length", say("this model's layers differ in the width of their keys, and a prefix has one "
                + "width; tune it with lora"));
    }

    @Override public int positions() { return length; }

    @Override public long width(CausalLm model) {
        return model.cacheShapes().stream().mapToLong(KeyValueCache.Shape::elements).sum();
    }

    private static long keyWidth(CausalLm model) { return model.cacheShapes().get(0).elements() / 2; }

    @Override public PassFeed feed(CausalLm model, PromptNetwork network) {
        return new PrefixFeed(network, model.cacheShapes(), model.isShiftedByPrefixes() ? length : 0);
    }

    @Override public Map<String, Tensor> fresh(CausalLm model, long seed, Function<String, int[]> ids) {
        FreshTensors fresh = new FreshTensors(STREAM, seed);
        Optional<Supplier<Tensor>> start = init == TokenStart.RANDOM ? Optional.empty()
                : Optional.of(() -> said(model, init.ids(length, model, seed, words, ids)));
        if (!projection) {
            return start.map(fresh::table).orElseGet(() -> fresh.table(length, width(model))).made();
        }
        long inner = hidden.orElse(Math.toIntExact(keyWidth(model)));
        Map<String, Tensor> made = fresh.table(length, keyWidth(model)).linear(FIRST, inner, keyWidth(model))
                .linear(SECOND, width(model), inner).made();
        start.ifPresent(vectors -> solve(made, vectors));
        return made;
    }

    /** What the model itself makes of tokens before a document's: keys and values [P, W]. */
    private Tensor said(CausalLm model, int[] ids) {
        KeyValueCache cache = model.cache(KeyValueCache.pagesFor(length));
        KeyValueCache.Row row = cache.open();
        // where a document's positions do not follow its prefix, the prefix stands below 0
        int first = model.isShiftedByPrefixes() ? 0 : -length;
        model.hidden(ids, cache.next(List.of(row), length).with(Adapters.NONE).shifted(first, new int[] {0}));
        KeyValuePrefix seen = row.prefix();
        List<Tensor> parts = new ArrayList<>();
        for (int layer = 0; layer < seen.keys().size(); layer++) {
            parts.add(seen.keys().get(layer).to(DType.F32).view(length, -1));
            parts.add(seen.values().get(layer).to(DType.F32).view(length, -1));
        }
        return Tensor.concat(1, parts);
    }

    /**
     * The second layer that makes these vectors of what the first one says, by least squares: exactly where the inner
     * width is no less than the number of vectors. start gives [P, W].
     */
    private static void solve(Map<String, Tensor> made, Supplier<Tensor> start) {
        NoGrad.run(() -> Scope.run(() -> {
            Tensor wanted = start.get();
            Tensor said = Tensor.linear(made.get(PromptNetwork.TABLE), made.get(FIRST + ".weight"),
                    made.get(FIRST + ".bias")).tanh(); // [P, H]
            Tensor mean = Tensor.ones(1, wanted.size(0)).mul(1.0 / wanted.size(0)).matmul(wanted);
            Tensor.Factors factors = said.singularValues();
            float[] values = factors.values().toFloats();
            for (int i = 0; i < values.length; i++) {
                values[i] = values[i] > SMALL * values[0] ? 1 / values[i] : 0;
            }
            int rank = values.length;
            Tensor inverse = factors.right().narrow(0, 0, rank).transpose(0, 1)
                    .mul(Tensor.of(values, 1, rank)).matmul(factors.left().narrow(1, 0, rank).transpose(0, 1));
            made.get(SECOND + ".weight").copyFrom(inverse.matmul(wanted.sub(mean)).transpose(0, 1));
            made.get(SECOND + ".bias").copyFrom(mean.squeeze(0));
        }));
    }

    /** Parts of a matrix this much smaller than its largest are rounding. */
    private static final double SMALL = 1e-5;

    @Override public String peftType() { return "PREFIX_TUNING"; }

    @Override public Map<String, Object> peftKeys(CausalLm model) {
        Map<String, Object> keys = new TreeMap<>(VirtualTokens.peftKeys(length, model.blocks().size(),
                keyWidth(model)));
        keys.put("encoder_hidden_size", hidden.orElse(Math.toIntExact(keyWidth(model))));
        keys.put("num_attention_heads", model.cacheShapes().get(0).heads());
        keys.put("prefix_projection", projection);
        return keys;
    }

    @Override public Prefix ofPeft(PeftConfig config) {
        config.passOver(Set.of("init_weights"));   // how it began
        boolean projected = config.isTrue("prefix_projection");
        OptionalInt inner = projected ? OptionalInt.of(config.wholeNumber("encoder_hidden_size", 1))
                : OptionalInt.empty();
        config.passOver(Set.of("encoder_hidden_size"));
        return new Prefix(VirtualTokens.length(config), TokenStart.RANDOM, Optional.empty(), projected, inner);
    }

    /** P-Tuning v2's recipe for ChatGLM trains with 2e-2, PEFT's examples with 1e-2 to 3e-2. */
    @Override public double learningRate() { return 1e-2; }
}
