package io.weft.data.split;

import io.weft.problem.UserError;
import java.util.Arrays;

import static io.weft.problem.Language.say;

/**
 * Which rows train and which are held out, as row numbers from 0, in the order in which they are written: the very rows
 * and order of {@code datasets.Dataset.train_test_split(test_size, seed=seed)}.
 */
public record Split(int[] train, int[] heldOut) {
    /**
     * Holds out a share of the rows, rounded up as there.
     *
     * @param share from 0 (nothing, and the order stays) to below 1
     */
    public static Split ofShare(int rows, double share, long seed) {
        return of(rows, (int) Math.ceil(share * rows), seed);
    }

    /** Holds out a number of rows. @throws UserError when none would be left to train on, or the seed is negative */
    public static Split of(int rows, int heldOut, long seed) {
        if (heldOut < 0 || heldOut >= rows) {
            throw UserError.of(say("data.heldOut: of %d rows, %d would be held out and %d left to train on; give more "
                    + "rows, a smaller share, or heldOut: 0", rows, heldOut, Math.max(0, rows - heldOut)));
        }
        if (heldOut == 0) {
            return new Split(inOrder(rows), new int[0]);
        }
        if (seed < 0) {
            throw UserError.of(say("train.seed: %d; expected 0 or more", seed));
        }
        int[] order = new Pcg64(seed).permutation(rows);
        return new Split(Arrays.copyOfRange(order, heldOut, rows), Arrays.copyOf(order, heldOut));
    }

    /** The same rows by other numbers. @param numbers of each row here */
    public Split of(int[] numbers) {
        return new Split(Arrays.stream(train).map(row -> numbers[row]).toArray(),
                Arrays.stream(heldOut).map(row -> numbers[row]).toArray());
    }

    private static int[] inOrder(int rows) {
        int[] order = new int[rows];
        Arrays.setAll(order, i -> i);
        return order;
    }
}
