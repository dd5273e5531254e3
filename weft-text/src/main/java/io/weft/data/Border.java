package io.weft.data;

import io.weft.settings.Word;

/** How the ids of a prompt and of its answer meet; {@code data.border} in a recipe. */
public enum Border implements Word {
    /** A model learns behind the very ids that it will be asked with, and learns the whole answer. */
    EXACT,
    /**
     * Prompt and answer are tokenised as one text, as TRL does it. Where one token holds the end of the prompt and the
     * beginning of the answer, the model is asked with other ids than it was trained behind, and the beginning of the
     * answer is not learned.
     */
    JOINED
}
