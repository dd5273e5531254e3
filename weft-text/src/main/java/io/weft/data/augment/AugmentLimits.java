package io.weft.data.augment;

import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Flag;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.WholeNumber;
import java.util.OptionalInt;

import static io.weft.problem.Translatable.text;

/**
 * How many rows are made, and which are let in.
 *
 * @param share       rows made, as a share of the training rows  @param most rows made at most
 * @param perRow      variants of one row at most
 * @param lengthRatio how many times longer or shorter a paraphrase may be
 * @param likeness    from which on a paraphrase says the same (pairs of characters, Dice)
 * @param agreement   whether the model must say that both ask for the same
 */
public record AugmentLimits(double share, OptionalInt most, int perRow, double lengthRatio, double likeness,
        boolean agreement) {
    public static final AugmentLimits DEFAULTS = new AugmentLimits(0.5, OptionalInt.empty(), 1, 2, 0.25, true);
    public static final Section<AugmentLimits> SECTION = Section.within("limits", DEFAULTS,
            Setting.of("share", new Number(0, true, 10, false), text("rows to make, as a share of the training rows")),
            Setting.of("most", WholeNumber.from(1), text("rows to make at most"))
                    .optional("1000", text("no bound but the share")),
            Setting.of("perRow", new WholeNumber(1, 20), text("rows to make from one row at most")),
            Setting.of("lengthRatio", new Number(1, false, 10, false),
                    text("how many times longer or shorter a model's paraphrase may be")),
            Setting.of("likeness", new Number(0, false, 1, true),
                    text("how like the original a model's paraphrase must be at least (pairs of characters, 0 to 1)")),
            Setting.of("agreement", new Flag(), text("let a model's paraphrase in only if the model says that both ask "
                    + "for the same")));

    /** What a model's paraphrase must keep to. */
    public Agreement ofModel() { return new Agreement(lengthRatio, likeness, 0.98); }
}
