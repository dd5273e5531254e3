package io.weft.tune;

import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.tune.lora.ModuleNames;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which linears a list of names means: whole names, last parts such as "q_proj", one regular expression, or the single
 * word "all-linear", which is every linear but the head.
 */
public final class TargetNames {
    public static final String ALL_LINEAR = "all-linear";

    private TargetNames() {}

    /** The linears that the names mean, in the model's order. */
    public static List<Linear> of(CausalLm model, List<String> names) {
        return model.linears().values().stream()
                .filter(linear -> isAll(names) || ModuleNames.match(names, linear.name())).toList();
    }

    /** The names that mean no linear of the model. */
    public static List<String> unmatched(CausalLm model, List<String> names) {
        return isAll(names) ? List.of() : ModuleNames.unmatched(names, model.linears().keySet());
    }

    /** The last parts of the names of all linears: what there is to be named. */
    public static Set<String> known(CausalLm model) {
        return new TreeSet<>(model.linears().values().stream().map(Linear::lastName).toList());
    }

    /** The names as PEFT's files hold them, which know "all-linear" by the last parts. */
    static Set<String> spelt(CausalLm model, List<String> names) {
        return isAll(names) ? known(model) : new TreeSet<>(names);
    }

    private static boolean isAll(List<String> names) { return names.equals(List.of(ALL_LINEAR)); }

    static boolean matches(Linear linear, String name) { return ModuleNames.match(List.of(name), linear.name()); }
}
