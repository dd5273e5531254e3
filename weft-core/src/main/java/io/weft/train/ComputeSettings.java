package io.weft.train;

import io.weft.model.WeightPlacement;
import io.weft.model.folder.FrozenWeights;
import io.weft.objective.Recompute;
import io.weft.problem.Translatable;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Matching;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Values.WholeNumber;
import io.weft.tensor.Device;
import java.util.OptionalInt;

import static io.weft.problem.Translatable.text;

/**
 * What memory and arithmetic a pass takes.
 *
 * @param device        "auto", "cpu", "cuda" or "cuda:N": see {@link Device#parse}
 * @param precision     of the arithmetic
 * @param frozenWeights where weights that are not trained are held
 * @param recompute     whether activations are computed once more in the backward pass
 * @param tokensAtOnce  most tokens of one pass: a micro-batch with more goes through in several, each of whole rows,
 *     whose gradients add up to its own; 0 for whole micro-batches
 * @param threads       that compute; the bits of a result depend on their number
 */
public record ComputeSettings(String device, Precision precision, FrozenWeights frozenWeights, Recompute recompute,
        OptionalInt tokensAtOnce, OptionalInt threads) {
    private static final Translatable BITS = text("the run goes on, but not bit for bit as it would have");
    static final Section<ComputeSettings> SECTION = Section.within("compute",
            new ComputeSettings("auto", Precision.AUTO, FrozenWeights.AUTO, Recompute.AUTO, OptionalInt.empty(),
                    OptionalInt.empty()),
            Setting.of("device", new Matching(Device.WORDS, text("auto, cpu, cuda or cuda:N")),
                    text("what computes; auto: the first CUDA device, or the CPU where there is none")).changing(BITS),
            Setting.of("precision", OneOf.of(Precision.class),
                    text("type that frozen weights are kept and multiplied in; losses, norms, what is trained and the "
                    + "optimizer stay fp32; auto: bf16 where the CPU multiplies it clearly faster and no weight of "
                    + "the model itself is trained"))
                    .fixed(text("the steps so far were computed in it")),
            Setting.of("frozenWeights", OneOf.of(FrozenWeights.class),
                    text("weights that are not trained: in memory as fp32, or mapped from their files and widened "
                    + "where used; auto: mapped when fp32 takes over half of the memory")).changing(BITS),
            Setting.of("recompute", OneOf.of(Recompute.class),
                    text("compute activations again in the backward pass instead of keeping them; auto: where that "
                    + "saves memory")).changing(BITS),
            Setting.of("tokensAtOnce", WholeNumber.from(0),
                    text("most tokens of one pass: a micro-batch with more goes through in several passes of whole "
                    + "rows, with the same gradient (dropout draws other masks); 0: never divided"))
                    .optional("2048", text("whole micro-batches where they fit in memory, else what fits"))
                    .changing(BITS),
            Setting.of("threads", new WholeNumber(1, 1024), text("compute threads"))
                    .optional("8", text("one for each core that the process may use")).changing(BITS));

    /** These settings with nothing left to the machine. */
    public ComputeSettings resolved(Device known, Precision multiplied, WeightPlacement placement, Recompute decided,
            long atOnce, int count) {
        return new ComputeSettings(known.toString(), multiplied,
                placement == WeightPlacement.MAPPED ? FrozenWeights.MAPPED : FrozenWeights.RESIDENT, decided,
                OptionalInt.of(Math.toIntExact(atOnce)), OptionalInt.of(count));
    }
}
