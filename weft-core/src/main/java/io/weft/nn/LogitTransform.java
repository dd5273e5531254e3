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
}
