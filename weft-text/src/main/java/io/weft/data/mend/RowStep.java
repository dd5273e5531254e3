package io.weft.data.mend;

import io.weft.data.Sample;

/** A step that looks at one row at a time, as it is read. */
public interface RowStep extends MendStep {
    /** What does it in one preparation, for rows of the training file and of a file of held-out rows alike. */
    Mender open();

    /** Mends a row, or leaves it. Called by one thread. */
    interface Mender {
        Mended mend(Sample sample);
    }
}
