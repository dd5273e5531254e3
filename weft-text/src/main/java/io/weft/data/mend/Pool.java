package io.weft.data.mend;

import io.weft.data.Sample;
import java.util.List;

/**
 * The rows that were kept of a file, by number from 0 in the order of the file. They are on the disk, and what is asked
 * is read; who goes through a million does it in their order.
 */
public interface Pool {
    /** Rows with a number, those that were dropped too. */
    int count();

    /** Whether a row is still there. */
    boolean holds(int number);

    /** Several threads may ask at once, as long as none changes anything. */
    Sample sample(int number);

    /** What rows are grouped by that {@link MendStep#groupedBy} asks for. */
    RowGroups groups(String by);

    /** @param what was done, a word by which rows are counted */
    void change(int number, Sample to, String what);

    /** @param why a word by which rows are counted */
    void drop(int number, String why);

    /** Drops a row for the sake of another, which stays. @param why a word by which rows are counted */
    void drop(int number, String why, int other);

    /** Says that a person has looked at a row and lets it stand as it is. */
    void settle(int number);

    /** The names of the files whose rows are another pool: those held out, or those to train on. */
    List<String> otherFiles();

    /** {@code train.seed}, for what is drawn. */
    long seed();
}
