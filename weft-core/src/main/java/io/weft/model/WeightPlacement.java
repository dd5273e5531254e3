package io.weft.model;

import io.weft.problem.UserError;
import io.weft.tensor.Engine;
import java.util.function.LongSupplier;

import static io.weft.problem.Language.say;

/** Where frozen weights are while a model is used. Results are the same to rounding; memory and speed are not. */
public enum WeightPlacement {
    /** In the process's own memory, as fp32: what a CPU multiplies in. Fastest. */
    RESIDENT,
    /**
     * In their files, as they are stored, mapped into memory; widened to fp32 where they are used. Weights of 2 bytes
     * cost no memory of the process's own.
     */
    MAPPED;

    /**
     * Share of the machine's memory that resident weights may take: the rest is for activations, the file cache and
     * others.
     */
    private static final double MOST = 0.5;

    /**
     * @param word "mapped", "resident", or "auto": resident when the weights as fp32 take at most half of the machine's
     *     memory, so the same on every start
     * @param residentBytes that the weights take as fp32
     */
    static WeightPlacement of(String word, LongSupplier residentBytes) {
        return switch (word) {
            case "mapped" -> MAPPED;
            case "resident" -> RESIDENT;
            case "auto" -> residentBytes.getAsLong() <= MOST * Engine.memory() ? RESIDENT : MAPPED;
            default -> throw UserError.of(say("frozen weights are auto, mapped or resident, not %s", word));
        };
    }
}
