package io.weft.nn;

import io.weft.tensor.Tensor;

/** What becomes of the head's logits before a softmax sees them. */
public interface LogitTransform {
    /** logits [..] -> [..]. */
    Tensor of(Tensor logits);

    /** The derivative at each logit, from what it became; may be broadcast. @param transformed by {@link #of} */
    Tensor slope(Tensor transformed);

    /** All times one factor, as in Granite. */
    record Scaled(double factor) implements LogitTransform {
        @Override public Tensor of(Tensor logits) { return logits.mul(factor); }

        @Override public Tensor slope(Tensor transformed) {
            return Tensor.of(new float[] {(float) factor}, 1).to(transformed.type());
        }
    }

    /**
     * Keeps values between -limit and limit, smoothly: limit * tanh(x / limit) (Bello et al. 2016, arXiv:1611.09940;
     * Gemma
     * 2).
     *
     * @param limit above 0
     */
    record SoftCap(double limit) implements LogitTransform {
        /** x [..] -> [..]. */
        @Override public Tensor of(Tensor x) { return x.mul(1 / limit).tanh().mul(limit); }

        /** The derivative at x, from the capped value: 1 - tanh^2. @param capped what {@link #of} made of x */
        @Override public Tensor slope(Tensor capped) { return capped.mul(1 / limit).square().neg().addInPlace(1); }
    }
}
