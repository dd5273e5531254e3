package io.weft.nn;

/** What a model's head says of hidden states after the norm. */
public enum Readout {
    /** Of each token, which one of the vocabulary follows. */
    TOKENS,
    /** Of a whole row, read at its last token: which of a few labels it has. */
    CLASSES,
    /** Of a whole row, read at its last token: a number, such as how good an answer it holds. */
    SCORE;

    /** Whether it is read once a row, at the last token. */
    public boolean isOfRows() { return this != TOKENS; }

    /** The readout of a head for rows. @param labels how many outputs it has */
    public static Readout ofRows(int labels) { return labels == 1 ? SCORE : CLASSES; }
}
