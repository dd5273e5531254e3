package io.weft.model.folder;

import io.weft.settings.Word;

/** What weights are quantised to while they are read; {@code model.quantise} in a recipe. */
public enum Quantise implements Word {
    /** Four bits, as QLoRA has it (Dettmers et al. 2023, arXiv:2305.14314), scales quantised, too. */
    NF4
}
