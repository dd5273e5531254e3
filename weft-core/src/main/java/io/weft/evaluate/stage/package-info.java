/**
 * What each stage of a run changed on the same rows. Read {@link io.weft.evaluate.stage.StageTable} first, then {@link
 * io.weft.evaluate.stage.StageScore}. May import {@code evaluate}.
 */
package io.weft.evaluate.stage;
