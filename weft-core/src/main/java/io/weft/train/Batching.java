package io.weft.train;

import io.weft.problem.Translatable;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.WholeNumber;
import java.util.OptionalInt;

import static io.weft.problem.Translatable.text;

/**
 * How rows are dealt out to optimizer steps, and how long that goes on.
 *
 * @param epochs     passes over the training rows
 * @param steps      optimizer steps, instead of the epochs' when given
 * @param batch      rows (packs when packing) in a micro-batch
 * @param accumulate micro-batches in an optimizer step
 */
public record Batching(double epochs, OptionalInt steps, int batch, int accumulate) {
    private static final Translatable LENGTH = text("the run ends at another step, and the learning rate falls over "
            + "another number of them");
    private static final Translatable ORDER = text("the rows of a step are counted by it: some would be seen twice, "
            + "others never");
    static final Section<Batching> SECTION = Section.within("batching", new Batching(3, OptionalInt.empty(), 4, 4),
            Setting.of("epochs", new Number(0, true, 1_000_000, false), text("passes over the training rows"))
                    .changing(LENGTH),
            Setting.of("steps", WholeNumber.from(1), text("optimizer steps, instead of epochs"))
                    .optional("500", text("as many as the epochs take")).changing(LENGTH),
            Setting.of("batch", new WholeNumber(1, 65_536), text("rows (packs when packing) in a micro-batch"))
                    .fixed(ORDER),
            Setting.of("accumulate", new WholeNumber(1, 65_536), text("micro-batches in an optimizer step"))
                    .fixed(ORDER));
}
