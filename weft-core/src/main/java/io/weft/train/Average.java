package io.weft.train;

import io.weft.settings.Word;

/** What weighs the same in a step's loss; {@code train.average} in a recipe. */
public enum Average implements Word {
    /** Every trained token of the step. */
    TOKENS,
    /** Every micro-batch's own mean, for parity with older trainers. */
    MICRO_BATCHES
}
