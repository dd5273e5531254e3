package io.weft.settings;

import io.weft.problem.Problems;
import io.weft.problem.Translatable;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

import static io.weft.problem.Language.say;

/**
 * One key of a recipe. Its type and its default are those of the record component of the same name.
 *
 * @param name    the key, and the component
 * @param values  what it takes, and its bounds
 * @param about   one line on what it is for
 * @param example a value to show where there is no default to show, null where there is one
 * @param unset   what happens while it is not given, for settings whose component is optional; null for the others
 * @param inRun   what it would mean to change it in a run that has begun
 */
public record Setting(String name, Values values, Translatable about, String example, Translatable unset, InRun inRun)
        implements Entry {
    /**
     * What a change would mean in a run that has begun.
     *
     * @param allowed whether {@code weft resume --change} takes it, from the checkpoint on
     * @param meaning null where the group that the setting stands in says enough
     */
    public record InRun(boolean allowed, Translatable meaning) {
        /** So it is where a setting does not say: one value from a run's first step to its last. */
        static final InRun FIXED = new InRun(false, null);
    }

    /** A setting that has a default. */
    public static Setting of(String name, Values values, Translatable about) {
        return new Setting(name, values, about, null, null, InRun.FIXED);
    }

    /** A setting that the recipe must give. */
    public Setting required(String example) { return new Setting(name, values, about, example, null, inRun); }

    /** A setting that may stay unset. */
    public Setting optional(String example, Translatable unset) {
        return new Setting(name, values, about, example, unset, inRun);
    }

    /** A setting that may change in a run. @param meaning what then follows */
    public Setting changing(Translatable meaning) {
        return new Setting(name, values, about, example, unset, new InRun(true, meaning));
    }

    /** A setting that may not change in a run. @param meaning why not, where it has a reason of its own */
    public Setting fixed(Translatable meaning) {
        return new Setting(name, values, about, example, unset, new InRun(false, meaning));
    }

    /** A component's value as a file writes it, null where it is unset. */
    Object written(Object component) {
        return values.written(component instanceof OptionalInt number ? number.isPresent() ? number.getAsInt() : null
                : component instanceof OptionalDouble number ? number.isPresent() ? number.getAsDouble() : null
                : component instanceof Optional<?> optional ? optional.orElse(null) : component);
    }

    @Override public void check(Object component, String path, Problems problems) {
        Object value = written(component);
        if (value == null) {
            return;
        }
        Node node = Node.of(value);
        if (isRequired() && value.equals("")) {
            problems.add(say("%s: is missing; expected %s", path, values.expected()));
        } else if (values.read(node).isEmpty()) {
            problems.add(say("%s: expected %s, found %s", path, values.expected(), values.found(node)));
        }
    }

    /** Whether it may stay unset. */
    public boolean isOptional() { return unset != null; }

    /** Whether a recipe must give it. */
    public boolean isRequired() { return example != null && unset == null; }
}
