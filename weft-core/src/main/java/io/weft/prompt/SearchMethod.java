package io.weft.prompt;

import io.weft.settings.Word;

/** What of a prompt is searched for; {@code --method} of {@code weft prompt search}. */
public enum SearchMethod implements Word {
    /** Tokens exchanged one at a time, by the gradient of the loss: {@link TokenSwaps}. */
    SWAP,
    /** One of several instructions, the user's or the model's own: {@link InstructionChoice}. */
    INSTRUCTION,
    /** Which rows to show as examples, and in what order: {@link DemonstrationChoice}. */
    DEMONSTRATIONS,
    /** The three one after the other, each from what the last one found. */
    ALL;

    boolean includes(SearchMethod other) { return this == ALL || this == other; }

    /** Whether rows are shown to the model, which then are not judged by. */
    boolean shows() { return this != SWAP; }

    /** How many of the three there are in it. */
    int parts() { return this == ALL ? 3 : 1; }
}
