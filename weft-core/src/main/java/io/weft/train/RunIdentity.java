package io.weft.train;

import io.weft.model.folder.FolderSeal;

/**
 * What a run is beside its rows. Each checkpoint records it, since what it holds means something under this recipe and
 * on this base alone.
 *
 * @param recipe as YAML, with nothing left to decide
 * @param base   the contents of the base's folder
 */
public record RunIdentity(String recipe, FolderSeal base) {}
