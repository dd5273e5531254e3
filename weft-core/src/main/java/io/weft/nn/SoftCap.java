package io.weft.nn;

import io.weft.tensor.Tensor;

/**
 * Keeps values between -limit and limit, smoothly: limit * tanh(x / limit) (Bello et al. 2016, arXiv:1611.09940; Gemma
 * 2).
 *
 * @param limit above 0
 */
public record SoftCap(double limit) implements LogitTransform {
    /** x [..] -> [..]. */
    @Override public Tensor of(Tensor x) { return x.mul(1 / limit).tanh().mul(limit); }

    /** The derivative at x, from the capped value: 1 - tanh^2. @param capped what {@link #of} made of x */
    @Override public Tensor slope(Tensor capped) { return capped.mul(1 / limit).square().neg().addInPlace(1); }
}
