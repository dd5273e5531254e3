package io.weft.resume;

import java.util.List;

/**
 * How a run is to go on where that is not as it would have by itself.
 *
 * @param changes       settings such as "train.learningRate=1e-4", which hold from the checkpoint on
 * @param fromStart     whether it may start again from its beginning when there is no whole checkpoint
 * @param restoreRecipe whether recipe.yaml is to be written again as the checkpoint has it, whatever it says now
 */
public record Resumption(List<String> changes, boolean fromStart, boolean restoreRecipe) {
    /** As if it had never stopped. */
    public static final Resumption PLAIN = new Resumption(List.of(), false, false);

    public Resumption { changes = List.copyOf(changes); }

    /** As if it had never stopped, but for these settings from here on. */
    public static Resumption changing(String... settings) { return new Resumption(List.of(settings), false, false); }
}
