package io.weft.train;

import io.weft.tensor.DType;
import io.weft.tensor.Device;
import io.weft.tensor.NoGrad;
import io.weft.tensor.Scope;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101), computed in the order of PyTorch's.
 * Biases and norms do not decay, as Hugging Face groups parameters. A parameter narrower than fp32 has a master in
 * fp32, which takes the steps: most of them would be lost in rounding (Micikevicius et al. 2018, arXiv:1710.03740).
 * Owns native memory of the scope that made it.
 */
public final class AdamW implements Optimizer {
    private static final double BETA1 = 0.9, BETA2 = 0.999, EPSILON = 1e-8;
    private static final Pattern NO_DECAY =
            Pattern.compile("bias|layernorm|rmsnorm|(?:^|\\.)norm(?:$|\\.)|_norm(?:$|\\.)|(?:^|\\.)ln_\\w+(?:$|\\.)");
    private final List<Slot> slots = new ArrayList<>();
    private final double weightDecay;
    private int steps;

    /** @param master in fp32; the parameter itself where that is fp32  @param factor of the learning rate */
    private record Slot(String name, Tensor parameter, Tensor master, Tensor mean, Tensor square, boolean decays,
            double factor) {
        static Slot of(String name, Tensor parameter, double factor) {
            return Device.value(parameter.device(), () -> new Slot(name, parameter,
                    parameter.type() == DType.F32 ? parameter : parameter.detach().to(DType.F32),
                    Tensor.zeros(parameter.shape()), Tensor.zeros(parameter.shape()), AdamW.decays(name), factor));
        }

        boolean isNarrow() { return master != parameter; }
    }

    /** @param parameters trained tensors by name */
    public AdamW(Map<String, Tensor> parameters, double weightDecay) { this(parameters, weightDecay, name -> 1); }

    /** @param factor what the learning rate is multiplied with for a parameter, by its name */
    public AdamW(Map<String, Tensor> parameters, double weightDecay, ToDoubleFunction<String> factor) {
        this.weightDecay = weightDecay;
        parameters.forEach((name, parameter) ->
                slots.add(Slot.of(name, parameter, factor.applyAsDouble(name))));
    }

    static boolean decays(String name) { return !NO_DECAY.matcher(name.toLowerCase(java.util.Locale.ROOT)).find(); }

    @Override public double step(double learningRate, double gradientScale, double clipNorm) {
        return NoGrad.get(() -> Scope.value(() -> {
            double norm = gradientNorm() * gradientScale;
            if (Double.isFinite(norm)) {
                steps++;
                // 1e-6 as in torch.nn.utils.clip_grad_norm_
                double clip = clipNorm > 0 ? Math.min(1, clipNorm / (norm + 1e-6)) : 1;
                slots.forEach(slot -> Scope.run(()
                        -> update(slot, learningRate * slot.factor(), gradientScale * clip)));
            }
            slots.forEach(slot -> slot.parameter().clearGradient());
            return norm;
        }));
    }

    private void update(Slot slot, double learningRate, double scale) {
        if (slot.parameter().gradient() == null) {
            return;
        }
        Tensor gradient = slot.parameter().gradient().to(DType.F32).mulInPlace(scale), master = slot.master();
        if (slot.decays() && weightDecay > 0) {
            master.mulInPlace(1 - learningRate * weightDecay);
        }
        slot.mean().lerpInPlace(gradient, 1 - BETA1);
        slot.square().mulInPlace(BETA2).addProductInPlace(gradient, gradient, 1 - BETA2);
        Tensor deviation = slot.square().sqrt().divInPlace(Math.sqrt(1 - Math.pow(BETA2, steps))).addInPlace(EPSILON);
        master.addQuotientInPlace(slot.mean(), deviation, -learningRate / (1 - Math.pow(BETA1, steps)));
        if (slot.isNarrow()) {
            slot.parameter().copyFrom(master);
        }
    }

    private double gradientNorm() {
        double squares = 0;
        for (Slot slot : slots) {
            Tensor gradient = slot.parameter().gradient();
            if (gradient != null) {
                double norm = gradient.to(DType.F32).norm();
                squares += norm * norm;
            }
        }
        return Math.sqrt(squares);
    }

    @Override public void clearGradients() { slots.forEach(slot -> slot.parameter().clearGradient()); }

    @Override public int steps() { return steps; }

    /** Both moments of each parameter, under its name and PyTorch's words for them, and the masters. */
    @Override public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        for (Slot slot : slots) {
            state.put(slot.name() + ".exp_avg", slot.mean());
            state.put(slot.name() + ".exp_avg_sq", slot.square());
            if (slot.isNarrow()) {
                state.put(slot.name() + ".master", slot.master());
            }
        }
        return state;
    }

    @Override public void restore(Map<String, Tensor> saved, int stepsTaken) {
        state().forEach((name, tensor) -> {
            if (!saved.containsKey(name)) {
                throw new IllegalArgumentException("no optimizer state " + name);
            }
            tensor.copyFrom(saved.get(name));
        });
        steps = stepsTaken;
    }
}
