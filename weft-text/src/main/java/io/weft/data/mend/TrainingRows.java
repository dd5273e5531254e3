package io.weft.data.mend;

import io.weft.data.Sample;
import io.weft.data.augment.AnsweringModels;

/**
 * The rows to train on, by number from 0 in the order in which they are written, and those held out, which stay as they
 * are. All are on the disk, and what is asked is read.
 */
public interface TrainingRows {
    /** Rows with a number, those that were dropped or added too. */
    int count();

    /** Whether a row is still there. */
    boolean holds(int number);

    Sample sample(int number);

    /** The number of a row's group; of an added row, that of the row it was made from or what its label says. */
    int group(int number, String by);

    /** What rows are grouped by that {@link MendStep#groupedBy} asks for. */
    RowGroups groups(String by);

    /** Whether the row was added by a step, so that nobody wrote it. */
    boolean isMade(int number);

    /** How many rows are held out, to be looked at and left alone. */
    int heldOut();

    /** @param number from 0 to below {@link #heldOut} */
    Sample heldOut(int number);

    /**
     * Adds a row behind the others, marked as made: {@code data/train.jsonl.made} names it.
     *
     * @param from the row that it was made from, whose place it gets
     * @param what was done, a word by which rows are counted  @return its number
     */
    int add(Sample sample, int from, String what);

    /** Lets a row stand so many times more, behind the others. @param why a word by which rows are counted */
    void repeat(int number, int times, String why);

    /** @param why a word by which rows are counted */
    void drop(int number, String why);

    /** Counts rows that were looked at and left. @param what was found, a word */
    void found(String what, int rows);

    /** Models that a step may ask. */
    AnsweringModels models();

    /** {@code train.seed}, for what is drawn. */
    long seed();
}
