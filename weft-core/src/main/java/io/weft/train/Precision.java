package io.weft.train;

import io.weft.settings.Word;

/** Arithmetic of the forward and backward passes; {@code train.precision} in a recipe. */
public enum Precision implements Word {
    AUTO, FP32, BF16, FP16
}
