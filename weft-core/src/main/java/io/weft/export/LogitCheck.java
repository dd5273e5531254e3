package io.weft.export;

import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.nn.Pass;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The logits of a few prompts, to tell whether two models say the same. */
final class LogitCheck {
    private LogitCheck() {}

    /** Logits of every token of each prompt [T][V]. */
    static List<float[]> logits(CausalLm model, List<int[]> prompts, Adapters adapters) {
        List<float[]> logits = new ArrayList<>();
        for (int[] prompt : prompts) {
            logits.add(Scope.value(() -> {
                Pass pass = Pass.single(prompt.length).with(adapters);
                return model.logits(model.hidden(prompt, pass), pass).toFloats();
            }));
        }
        return logits;
    }

    /**
     * Root mean square of the difference by that of the reference, each row's mean taken off, which no softmax sees.
     * A score by itself has no softmax, and is compared as it is. Not a number when either holds one.
     */
    static double difference(List<float[]> reference, List<float[]> other, int outputs) {
        double squares = 0, all = 0;
        for (int prompt = 0; prompt < reference.size(); prompt++) {
            float[] a = reference.get(prompt), b = other.get(prompt);
            for (int row = 0; row < a.length; row += outputs) {
                double meanA = mean(a, row, outputs), meanB = mean(b, row, outputs);
                for (int i = row; i < row + outputs; i++) {
                    double centred = a[i] - meanA, difference = centred - (b[i] - meanB);
                    squares += difference * difference;
                    all += centred * centred;
                }
            }
        }
        return Math.sqrt(squares / all);
    }

    private static double mean(float[] values, int from, int length) {
        if (length == 1) {
            return 0;
        }
        double sum = 0;
        for (int i = from; i < from + length; i++) {
            sum += values[i];
        }
        return sum / length;
    }
}
