package io.weft.tune;

import io.weft.nn.CausalLm;
import io.weft.nn.Linear;
import io.weft.problem.Problems;
import io.weft.settings.Configurable;
import io.weft.settings.Section;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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

    /** The linears that its settings name, by the setting; empty for a method that names none. */
    default Map<String, List<String>> targetNames() { return Map.of(); }

    /**
     * The linears that its settings name, in the model's order.
     *
     * @throws io.weft.problem.UserError naming every name that means nothing, and what there is
     */
    default List<Linear> targets(CausalLm model) {
        List<String> names = new ArrayList<>();
        targetNames().forEach((setting, named) -> {
            Problems problems = new Problems("tuning." + name() + "." + setting);
            TargetNames.unmatched(model, named)
                    .forEach(name -> problems.add(say("%s matches no linear of the model (it "
                    + "has %s)", name, String.join(", ", TargetNames.known(model)))));
            problems.throwIfAny();
            names.addAll(named);
        });
        return TargetNames.of(model, names);
    }

    /** Whether attaching it changes no output, until something is trained. */
    default boolean startsAsTheBase() { return true; }

    /** The usual peak learning rate, where a recipe gives none. */
    double learningRate();

    /** Whether the weights of a plain model can say what the tuned model says, so that it can be exported whole. */
    default boolean isMergeable() { return true; }

    /** Whether the result is an adapter beside the base, not a whole model. */
    boolean isAdapter();
}
