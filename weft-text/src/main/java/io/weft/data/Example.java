package io.weft.data;

/**
 * One document as token ids, and which of them are learned. {@code trained[i]} means that token i is a target: it is
 * predicted from the tokens before it. Token 0 has nothing before it and is never a target, whatever its flag.
 */
public record Example(int[] ids, boolean[] trained) {
    public Example {
        if (ids.length != trained.length) {
            throw new IllegalArgumentException(ids.length + " ids but " + trained.length + " flags");
        }
        boolean any = false;
        for (int i = 1; i < trained.length; i++) {
            any |= trained[i];
        }
        if (!any) {
            throw new IllegalArgumentException("nothing to train on in " + ids.length + " tokens");
        }
    }

    public int length() { return ids.length; }

    /** Number of targets: trained tokens after the first. */
    public int trainedTokens() {
        int count = 0;
        for (int i = 1; i < trained.length; i++) {
            count += trained[i] ? 1 : 0;
        }
        return count;
    }
}
