package io.weft.tune;

import io.weft.nn.Block;
import io.weft.nn.CausalLm;
import io.weft.nn.Parameters;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Names;
import io.weft.settings.Values.WholeNumber;
import io.weft.tensor.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * Full fine-tuning of some weights, all others frozen. The result is a whole model. Nothing is computed backward below
 * the lowest block in which something is trained.
 *
 * @param lastBlocks of which every weight is trained; two as LLaMA-Factory's {@code freeze_trainable_layers}
 * @param names      of other weights that are trained: parts of their names that end at dots, such as "lm_head",
 *     "embed_tokens" or "layers.0.mlp", or one regular expression of whole names
 */
public record Freeze(int lastBlocks, List<String> names) implements Tuning {
    private static final Full FULL = new Full();
    private static final Section<Freeze> SECTION = Section.of("freeze", new Freeze(),
            text("the last blocks and named weights are trained, all others stay"),
            Setting.of("lastBlocks", new WholeNumber(0, 9_999), text("number of blocks at the end that are trained"))
                    .fixed(text("the checkpoint holds the weights of these")),
            Setting.of("names", new Names(text("parts of weights' names or a regular expression, perhaps none"))
                    .orNone().orPattern(),
                    text("other weights to train, such as lm_head, embed_tokens or layers.0.mlp"))
                    .fixed(text("the checkpoint holds these weights")));

    public Freeze { names = List.copyOf(names); }

    public Freeze() { this(2, List.of()); }

    @Override public Section<Freeze> section() { return SECTION; }

    @Override public Map<String, String> misfits(CausalLm outline) {
        Map<String, String> misfits = new LinkedHashMap<>();
        if (lastBlocks > outline.blocks().size()) {
            misfits.put("lastBlocks", say("%d; the model has %d blocks", lastBlocks, outline.blocks().size()));
        }
        List<String> unmatched = names.stream().filter(name -> outline.weights().keySet().stream()
                .noneMatch(weight -> isNamed(List.of(name), weight))).toList();
        if (!unmatched.isEmpty()) {
            misfits.put("names", say("%s is in the name of no weight of the model (it has %s)",
                    String.join(say(", "), unmatched), parts(outline)));
        } else if (lastBlocks == 0 && names.isEmpty()) {
            misfits.put("names", say("nothing would be trained; name weights, or set lastBlocks to 1 or more"));
        }
        return misfits;
    }

    /** What is beside the blocks, and in one of them. */
    private static String parts(CausalLm outline) {
        return String.join(say(", "), outline.weights().keySet().stream()
                .map(name -> name.replaceFirst("\\.(?:weight|bias)$", "").replaceFirst("^.*\\.\\d+\\.", ""))
                .map(name -> name.substring(name.lastIndexOf('.') + 1)).distinct().sorted().toList());
    }

    private static boolean isNamed(List<String> names, String weight) {
        return Names.isPattern(names) ? Pattern.compile(names.get(0)).matcher(weight).matches()
                : names.stream().anyMatch(name -> ("." + weight + ".").contains("." + name + "."));
    }

    @Override public void attach(CausalLm model, long seed) {
        requireFit(model);
        List<Block> blocks = model.blocks();
        Set<Tensor> last = Collections.newSetFromMap(new IdentityHashMap<>());
        blocks.subList(blocks.size() - lastBlocks, blocks.size()).stream().flatMap(Parameters::parameters)
                .forEach(last::add);
        model.weights().forEach((name, weight) -> {
            if (weight.parameters().anyMatch(last::contains) || isNamed(names, name)) {
                Full.train(model, name, weight);
            }
        });
    }

    @Override public void write(CausalLm model, Path folder, String base) { FULL.write(model, folder, base); }

    @Override public void read(CausalLm model, Path folder) { FULL.read(model, folder); }

    /** As {@link Full}'s. */
    @Override public double learningRate() { return FULL.learningRate(); }

    @Override public boolean isAdapter() { return false; }
}
