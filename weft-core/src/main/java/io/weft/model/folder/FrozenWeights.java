package io.weft.model.folder;

import io.weft.model.WeightPlacement;
import io.weft.settings.Word;
import io.weft.tensor.Engine;

/** Where weights that are not trained are to be held; {@code train.frozenWeights} in a recipe. */
public enum FrozenWeights implements Word {
    /**
     * Resident when the weights as fp32 take at most half of the machine's memory, so the same on every start; mapped
     * beside quantised ones, which are for those who save memory.
     */
    AUTO, MAPPED, RESIDENT;

    /**
     * Share of the machine's memory that resident weights may take: the rest is for activations, the file cache and
     * others.
     */
    private static final double MOST = 0.5;

    /** What this comes to for a model, on this machine. */
    public WeightPlacement of(ModelFolder folder) {
        return switch (this) {
            case MAPPED -> WeightPlacement.MAPPED;
            case RESIDENT -> WeightPlacement.RESIDENT;
            case AUTO -> !folder.isNarrow()
                    && folder.residentBytes() <= MOST * Engine.memory() ? WeightPlacement.RESIDENT
                    : WeightPlacement.MAPPED;
        };
    }
}
