package io.weft.generate;

/**
 * Guesses how an answer goes on: as prompt or answer went on where its last tokens stood before (Saxena 2023, prompt
 * lookup decoding). What is guessed is fed together with the last token; a guess that is not what would have been
 * chosen is dropped, so answers stay what they are. Guessing goes on only while it makes answers faster, as measured in
 * the passes so far.
 */
final class PromptLookup {
    private static final int MOST = 6, LONGEST = 4, SHORTEST = 2;
    /** Weight of the newest pass in what is measured, and how often it is tried again where it did not pay. */
    private static final double NEWEST = 0.1;
    private static final int TRIED_AGAIN = 50;
    private double secondsWithout, secondsWith, tokens;
    private int passedOver;

    /**
     * Tokens that may follow, none where nothing is known.
     *
     * @param ids of which the first {@code known} are known  @param most of them
     */
    static int[] guess(int[] ids, int known, int most) {
        int wanted = Math.min(MOST, most);
        for (int length = LONGEST; length >= SHORTEST && wanted > 0; length--) {
            for (int end = known - 1; end >= length; end--) {
                if (endsAlike(ids, end, known, length)) {
                    int[] found = new int[Math.min(wanted, known - end)];
                    System.arraycopy(ids, end, found, 0, found.length);
                    return found;
                }
            }
        }
        return new int[0];
    }

    private static boolean endsAlike(int[] ids, int end, int known, int length) {
        for (int i = 1; i <= length; i++) {
            if (ids[end - i] != ids[known - i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether to guess in the next pass. */
    boolean pays() {
        if (secondsWith == 0 || secondsWithout == 0 || tokens * secondsWithout > secondsWith) {
            return true;
        }
        return ++passedOver % TRIED_AGAIN == 0;
    }

    /** After a pass of answers alone. @param each tokens that an answer with a guess has got; 0 where none guessed */
    void passed(double seconds, double each) {
        if (each == 0) {
            secondsWithout = newer(secondsWithout, seconds);
        } else {
            secondsWith = newer(secondsWith, seconds);
            tokens = newer(tokens, each);
        }
    }

    private static double newer(double known, double found) {
        return known == 0 ? found : (1 - NEWEST) * known + NEWEST * found;
    }
}
