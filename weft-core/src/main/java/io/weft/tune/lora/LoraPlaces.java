package io.weft.tune.lora;

import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Names;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.NumbersByName;
import io.weft.settings.Values.WholeNumber;
import io.weft.settings.Values.WholeNumbers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * Which of the targets are tuned, and how strongly each.
 *
 * @param exclude      names of linears that are left alone, or a regular expression of whole names
 * @param layers       indices of the blocks that are tuned; all where it is empty
 * @param rankPattern  other ranks, by name: a regular expression of the whole name or of its last parts; where several
 *     match, the first in the order of the alphabet, as PEFT reads them from its files
 * @param alphaPattern other values of alpha, in the same way
 */
public record LoraPlaces(List<String> exclude, List<Integer> layers, Map<String, Integer> rankPattern,
        Map<String, Double> alphaPattern) {
    public static final LoraPlaces ALL = new LoraPlaces(List.of(), List.of(), Map.of(), Map.of());
    public static final Section<LoraPlaces> SECTION = Section.within("places", ALL,
            Setting.of("exclude", new Names(text("names of linear layers or a regular expression, perhaps none"))
                    .orNone().orPattern(), text("linear layers to leave alone, though targets names them")),
            Setting.of("layers", new WholeNumbers(0, 9_999),
                    text("indices of the blocks to tune, from 0; all where none is given")),
            Setting.of("rankPattern", new NumbersByName(text("ranks by name, such as {q_proj: 4}"),
                    new WholeNumber(1, 65_536)),
                    text("other ranks for some of the targets, by name or regular expression")),
            Setting.of("alphaPattern", new NumbersByName(text("numbers by name, such as {q_proj: 16}"),
                    new Number(0, true, 1_000_000, false)),
                    text("other values of alpha for some of the targets, by name or regular expression")));
    private static final Pattern LAYER = Pattern.compile("\\.(\\d+)\\.");

    public LoraPlaces {
        exclude = List.copyOf(exclude);
        layers = List.copyOf(layers);
        rankPattern = new TreeMap<>(rankPattern);
        alphaPattern = new TreeMap<>(alphaPattern);
    }

    /** Whether a target is tuned. @param module its whole name */
    public boolean cover(String module) {
        OptionalInt layer = layer(module);
        return (exclude.isEmpty() || !ModuleNames.match(exclude, module))
                && (layers.isEmpty() || layer.isPresent() && layers.contains(layer.getAsInt()));
    }

    /** The index of the block that a module is in: the first number in its name. */
    public static OptionalInt layer(String module) {
        Matcher number = LAYER.matcher(module);
        return number.find() ? OptionalInt.of(Integer.parseInt(number.group(1))) : OptionalInt.empty();
    }

    /** The rank of a module. @param usual where no pattern says another */
    public int rank(String module, int usual) { return first(rankPattern, module).orElse(usual); }

    /** Its alpha. @param usual where no pattern says another */
    public double alpha(String module, double usual) { return first(alphaPattern, module).orElse(usual); }

    private static <N> Optional<N> first(Map<String, N> patterns, String module) {
        return patterns.entrySet().stream().filter(entry -> matches(entry.getKey(), module)).map(Map.Entry::getValue)
                .findFirst();
    }

    private static boolean matches(String key, String module) {
        return ModuleNames.pattern("(.*\\.)?(" + key + ")").matcher(module).matches();
    }

    /** The same with every rank and alpha multiplied. */
    public LoraPlaces times(int ranks, double alphas) {
        Map<String, Integer> otherRanks = new TreeMap<>();
        Map<String, Double> otherAlphas = new TreeMap<>();
        rankPattern.forEach((name, rank) -> otherRanks.put(name, ranks * rank));
        alphaPattern.forEach((name, alpha) -> otherAlphas.put(name, alphas * alpha));
        return new LoraPlaces(exclude, layers, otherRanks, otherAlphas);
    }

    /** Whether a pattern says the rank of a module. */
    public boolean hasRank(String module) { return first(rankPattern, module).isPresent(); }

    /** What does not fit a model, by the setting. @param covered the linears that are tuned */
    public Map<String, String> misfits(CausalLm model, List<Linear> covered) {
        Map<String, String> misfits = new LinkedHashMap<>();
        String outside = layers.stream().filter(layer -> layer >= model.blocks().size()).map(String::valueOf)
                .collect(Collectors.joining(say(", ")));
        if (!outside.isEmpty()) {
            misfits.put("layers", say("%s: the model has blocks 0 to %d", outside, model.blocks().size() - 1));
        }
        List<String> unexcluded = ModuleNames.unmatched(exclude, model.linears().keySet());
        if (!unexcluded.isEmpty()) {
            misfits.put("exclude", say("%s matches no linear of the model (it has %s)",
                    String.join(say(", "), unexcluded), lastNames(List.copyOf(model.linears().values()))));
        }
        patternMisfit("rankPattern", rankPattern.keySet(), covered, misfits);
        patternMisfit("alphaPattern", alphaPattern.keySet(), covered, misfits);
        return misfits;
    }

    private static void patternMisfit(String setting, Set<String> keys, List<Linear> covered,
            Map<String, String> misfits) {
        List<String> wrong = keys.stream().filter(key -> covered.stream()
                .noneMatch(linear -> matches(key, linear.name()))).toList();
        if (!wrong.isEmpty()) {
            misfits.put(setting, say("%s matches none of the targets (%s)", String.join(say(", "), wrong),
                    lastNames(covered)));
        }
    }

    private static String lastNames(List<Linear> linears) {
        return linears.stream().map(Linear::lastName).distinct().sorted().collect(Collectors.joining(say(", ")));
    }

    /** The keys of PEFT's config, of those that came later only what is used: PEFTs of before refuse what they lack. */
    public Map<String, Object> peftKeys() {
        Map<String, Object> keys = new TreeMap<>();
        keys.put("layers_to_transform", layers.isEmpty() ? null : layers);
        if (!exclude.isEmpty()) {
            keys.put("exclude_modules", Names.isPattern(exclude) ? exclude.get(0) : exclude);
        }
        if (!rankPattern.isEmpty()) {
            keys.put("rank_pattern", rankPattern);
        }
        if (!alphaPattern.isEmpty()) {
            Map<String, Object> alphas = new TreeMap<>();
            alphaPattern.forEach((name, alpha) -> alphas.put(name, plain(alpha)));
            keys.put("alpha_pattern", alphas);
        }
        return keys;
    }

    /** A number without ".0", as PEFT writes whole ones. */
    public static Object plain(double number) {
        return number == Math.rint(number) ? (Object) (long) number : (Object) number;
    }
}
