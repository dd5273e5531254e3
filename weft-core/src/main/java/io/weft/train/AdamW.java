package io.weft.train;

import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101), computed in the order of PyTorch's.
 * Biases and norms do not decay, as Hugging Face groups parameters. Owns native memory of the scope that made it.
 */
public final class AdamW {
    private static final double BETA1 = 0.9, BETA2 = 0.999, EPSILON = 1e-8;
    private static final Pattern NO_DECAY =
            Pattern.compile("bias|layernorm|rmsnorm|(?:^|\\.)norm(?:$|\\.)|_norm(?:$|\\.)|(?:^|\\.)ln_\\w+(?:$|\\.)");
    private final List<Slot> slots = new ArrayList<>();
    private final double weightDecay;
    private int steps;

    private record Slot(String name, Tensor parameter, Tensor mean, Tensor square, boolean decays) {}

    /** @param parameters trained tensors by name */
    public AdamW(Map<String, Tensor> parameters, double weightDecay) {
        this.weightDecay = weightDecay;
        parameters.forEach((name, parameter) ->
                slots.add(new Slot(name, parameter, Tensor.zeros(parameter.shape()), Tensor.zeros(parameter.shape()),
                decays(name))));
    }

    static boolean decays(String name) { return !NO_DECAY.matcher(name.toLowerCase(java.util.Locale.ROOT)).find(); }

    /**
     * One step with the gradients gathered so far, which are cleared.
     *
     * @param gradientScale what the gathered sums are multiplied with, e.g. 1 / trained tokens
     * @param clipNorm      largest norm of all gradients together; 0 for no clipping
     * @return the norm before clipping; when it is not finite, nothing was changed but the cleared gradients
     */
    public double step(double learningRate, double gradientScale, double clipNorm) {
        return NoGrad.get(() -> Scope.value(() -> {
            double norm = gradientNorm() * gradientScale;
            if (Double.isFinite(norm)) {
                steps++;
                // 1e-6 as in torch.nn.utils.clip_grad_norm_
                double clip = clipNorm > 0 ? Math.min(1, clipNorm / (norm + 1e-6)) : 1;
                slots.forEach(slot -> Scope.run(() -> update(slot, learningRate, gradientScale * clip)));
            }
            slots.forEach(slot -> slot.parameter().clearGradient());
            return norm;
        }));
    }

    private void update(Slot slot, double learningRate, double scale) {
        Tensor gradient = slot.parameter().gradient();
        if (gradient == null) {
            return;
        }
        gradient.mulInPlace(scale);
        if (slot.decays() && weightDecay > 0) {
            slot.parameter().mulInPlace(1 - learningRate * weightDecay);
        }
        slot.mean().lerpInPlace(gradient, 1 - BETA1);
        slot.square().mulInPlace(BETA2).addProductInPlace(gradient, gradient, 1 - BETA2);
        Tensor deviation = slot.square().sqrt().divInPlace(Math.sqrt(1 - Math.pow(BETA2, steps))).addInPlace(EPSILON);
        slot.parameter().addQuotientInPlace(slot.mean(), deviation, -learningRate / (1 - Math.pow(BETA1, steps)));
    }

    private double gradientNorm() {
        double squares = 0;
        for (Slot slot : slots) {
            Tensor gradient = slot.parameter().gradient();
            if (gradient != null) {
                double norm = gradient.norm();
                squares += norm * norm;
            }
        }
        return Math.sqrt(squares);
    }

    /** Forgets the gradients gathered so far. */
    public void clearGradients() { slots.forEach(slot -> slot.parameter().clearGradient()); }

    /** Steps taken, for {@link #restore}. */
    public int steps() { return steps; }

    /** Both moments of each parameter, under its name and PyTorch's words for them. */
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        for (Slot slot : slots) {
            state.put(slot.name() + ".exp_avg", slot.mean());
            state.put(slot.name() + ".exp_avg_sq", slot.square());
        }
        return state;
    }

    /** Goes on from a state that {@link #state} gave. @throws IllegalArgumentException when a tensor is missing */
    public void restore(Map<String, Tensor> saved, int stepsTaken) {
        state().forEach((name, tensor) -> {
            if (!saved.containsKey(name)) {
                throw new IllegalArgumentException("no optimizer state " + name);
            }
            tensor.copyFrom(saved.get(name));
        });
        steps = stepsTaken;
    }
}
