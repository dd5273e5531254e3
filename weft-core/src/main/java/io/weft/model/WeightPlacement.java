package io.weft.model;

/** Where frozen weights are while a model is used. Results are the same to rounding; memory and speed are not. */
public enum WeightPlacement {
    /** In the process's own memory, in the type that is computed in. Fastest. */
    RESIDENT,
    /**
     * In their files, as they are stored, mapped into memory; upcast where they are used. Weights of 2 bytes cost no
     * memory of the process's own.
     */
    MAPPED
}
