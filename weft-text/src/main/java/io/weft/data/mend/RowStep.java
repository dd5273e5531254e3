package io.weft.data.mend;

import io.weft.data.Sample;
import java.util.function.UnaryOperator;

/** A step that looks at one row at a time, as it is read. */
public interface RowStep extends MendStep {
    /** What does it in one preparation, for rows of the training file and of a file of held-out rows alike. */
    Mender open();

    /**
     * What may stand of a text in the files that tell what steps did and which rows were rejected: a step that hides
     * something hides it there, too, and what was there before then stands in the user's file alone.
     */
    default UnaryOperator<String> hiding() { return UnaryOperator.identity(); }

    /** Mends a row, or leaves it. Called by one thread. */
    interface Mender {
        Mended mend(Sample sample);
    }
}
