package io.weft.export;

import io.weft.tensor.DType;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;

import static io.weft.problem.Language.say;

/**
 * A model that was exported and verified. Differences of logits are relative: the root mean square of the difference by
 * that of the logits, each row's mean taken off.
 *
 * @param type         that the weights are stored in  @param bytes of the weights' file
 * @param difference   of the exported model's logits from those of base and adapter
 * @param allowed      how much it may have been: what rounding to the type costs; not a number where the linears were
 *     quantised to NF4, whose cost has no bound
 * @param adapterEffect how far the adapter moves the base's logits; empty where there is no adapter
 */
public record Export(Path folder, DType type, long bytes, double difference, double allowed,
        OptionalDouble adapterEffect) {
    /** A line for people. */
    @Override public String toString() {
        String effect = adapterEffect.isEmpty() ? "" : say("; the adapter moves them by %s",
                percent(adapterEffect.getAsDouble()));
        if (Double.isNaN(allowed)) {
            return say("%s: NF4 and %s, %,d bytes; loaded again, its logits differ from the model's by %s%s", folder,
                    type, bytes, percent(difference), effect);
        }
        return say("%s: %s, %,d bytes; verified: its logits differ from the tuned model's by %s,"
                + " rounding may cost %s%s",
                folder, type, bytes, percent(difference), percent(allowed), effect);
    }

    private static String percent(double share) { return String.format(Locale.ROOT, "%.3g %%", 100 * share); }
}
