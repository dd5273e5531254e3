package io.weft.estimate;

/**
 * What a run puts through its model, in tokens.
 *
 * @param micro   of the largest micro-batch  @param longest of the longest row, which is never split
 * @param trained share of all tokens that are learned, which is where the head is asked
 */
public record TokenLoad(long micro, long longest, double trained) {
    /** The same where no more than so many tokens, or one row, go through at once; 0 for whole micro-batches. */
    public TokenLoad atOnce(long most) {
        return most == 0 ? this : new TokenLoad(Math.min(micro, Math.max(most, longest)), longest, trained);
    }

    /** Tokens where the head is asked in one pass. */
    long supervised() { return (long) Math.ceil(micro * trained); }
}
