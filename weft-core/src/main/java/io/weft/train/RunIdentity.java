package io.weft.train;

/**
 * What a run is beside its rows. Each checkpoint records it, since what it holds means something under this recipe and
 * on these models alone.
 *
 * @param recipe as YAML, with nothing left to decide
 * @param seals  the contents of the models' folders
 */
public record RunIdentity(String recipe, ModelSeals seals) {}
