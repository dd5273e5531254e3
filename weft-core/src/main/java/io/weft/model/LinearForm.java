package io.weft.model;

import io.weft.nn.Weight;

/** The form in which weights of linears are kept once they are read, the head's left alone: quantised, say. */
public interface LinearForm {
    LinearForm AS_READ = (name, read) -> read;

    /**
     * Another form, which keeps {@link Weight#isTransposed}, or the given weight itself where it is to stay as it is.
     *
     * @param name of the weight in its file
     */
    Weight of(String name, Weight read);
}
