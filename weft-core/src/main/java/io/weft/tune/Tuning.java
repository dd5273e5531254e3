package io.weft.tune;

import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.problem.Problems;
import io.weft.settings.Configurable;
import io.weft.settings.Section;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

import static io.weft.problem.Language.say;

/**
 * A way of tuning a model: its settings are the record's components, {@link #attach} puts its parameters into the
 * model, and it knows the files that hold them.
 */
public interface Tuning extends Configurable {
    /** Its settings; what a recipe names it by, e.g. "lora", is the section's name. */
    @Override Section<? extends Tuning> section();

    /**
     * Adds this method's parameters to the model and marks them, and only them, as trained.
     *
     * @param seed of their initial values
     */
    void attach(CausalLm model, long seed);

    /**
     * The same, for a method that may begin with words.
     *
     * @param ids what the model's tokenizer makes of a text, one or more
     */
    default void attach(CausalLm model, long seed, Function<String, int[]> ids) { attach(model, seed); }

    /**
     * Writes what was trained into a folder, under the names that other tools expect.
     *
     * @param base the model that it belongs to, as the user named it
     */
    void write(CausalLm model, Path folder, String base);

    /**
     * Reads back what {@link #write} wrote, into a model that this method is attached to.
     *
     * @throws io.weft.problem.UserError when files and model do not fit
     */
    void read(CausalLm model, Path folder);

    /** What is wrong with its settings together, by the setting; each alone is bounded by its section. */
    default Map<String, String> conflicts() { return Map.of(); }

    /** How many positions of the model's context it takes from every row. */
    default int positions() { return 0; }

    /** What it leaves of a model's context. @param context of the model, where its config.json says one */
    default OptionalInt room(OptionalInt context) {
        return context.isEmpty() ? context : OptionalInt.of(Math.max(0, context.getAsInt() - positions()));
    }

    /** Why rows of so many tokens do not fit what it leaves of the context; nothing where they do. */
    default Optional<String> crowding(OptionalInt context, int maxLength) {
        int left = room(context).orElse(maxLength);
        if (positions() > 0 && left < 2) {
            return Optional.of(say("%d virtual tokens leave no room for rows in the model's context of %d; take fewer",
                    positions(), context.orElseThrow()));
        }
        return positions() == 0 || left >= maxLength ? Optional.empty()
                : Optional.of(say("%d virtual tokens leave %d of the model's context of %d for rows, and "
                + "data.maxLength is %d; take fewer virtual tokens, or set data.maxLength lower", positions(), left,
                context.orElseThrow(), maxLength));
    }

    /** The linears that its settings name, by the setting; empty for a method that names none. */
    default Map<String, List<String>> targetNames() { return Map.of(); }

    /**
     * The linears that its settings name, in the model's order.
     *
     * @throws io.weft.problem.UserError naming every name that means nothing, and what there is
     */
    default List<Linear> targets(CausalLm model) {
        requireFit(model);
        return TargetNames.of(model, targetNames().values().stream().flatMap(List::stream).toList());
    }

    /**
     * What of its settings does not fit a model, by the setting: what can be said before weights are read.
     *
     * @param outline of the model, without weights
     */
    default Map<String, String> misfits(CausalLm outline) {
        Map<String, String> misfits = new LinkedHashMap<>();
        targetNames().forEach((setting, names) -> {
            List<String> unmatched = TargetNames.unmatched(outline, names);
            if (!unmatched.isEmpty()) {
                misfits.put(setting, say("%s matches no linear of the model (it has %s)",
                        String.join(say(", "), unmatched), String.join(say(", "), TargetNames.known(outline))));
            }
        });
        return misfits;
    }

    /** As {@link #misfits}. @throws io.weft.problem.UserError with everything that does not fit, by its key */
    default void requireFit(CausalLm outline) {
        Problems problems = new Problems("tuning." + name());
        misfits(outline).forEach((setting, what) -> problems.add(setting + ": " + what));
        problems.throwIfAny();
    }

    /** Whether attaching it changes no output, until something is trained. */
    default boolean startsAsTheBase() { return true; }

    /** The usual peak learning rate, where a recipe gives none. */
    double learningRate();

    /** What a step's learning rate is multiplied with for one of the parameters, by its name in the model. */
    default double learningRateFactor(String parameter) { return 1; }

    /** Whether the weights of a plain model can say what the tuned model says, so that it can be exported whole. */
    default boolean isMergeable() { return true; }

    /** Whether the result is an adapter beside the base, not a whole model. */
    boolean isAdapter();
}
