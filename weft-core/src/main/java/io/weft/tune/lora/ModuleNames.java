package io.weft.tune.lora;

import io.weft.settings.Values.Names;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which modules a list of names means: whole names and last parts such as "q_proj", or one regular expression of whole
 * names.
 */
public final class ModuleNames {
    private ModuleNames() {}

    /** @param module such as "model.layers.0.self_attn.q_proj" */
    public static boolean match(List<String> names, String module) {
        return Names.isPattern(names) ? pattern(names.get(0)).matcher(module).matches()
                : names.stream().anyMatch(name -> module.equals(name) || module.endsWith("." + name));
    }

    /** The names that mean none of the modules. */
    public static List<String> unmatched(List<String> names, Collection<String> modules) {
        return names.stream().filter(name -> modules.stream().noneMatch(module -> match(List.of(name), module)))
                .toList();
    }

    /**
     * A regular expression as Python writes it; its named groups are spelt another way.
     *
     * @throws java.util.regex.PatternSyntaxException where Java cannot read it
     */
    static Pattern pattern(String python) { return Pattern.compile(python.replace("(?P<", "(?<")); }
}
