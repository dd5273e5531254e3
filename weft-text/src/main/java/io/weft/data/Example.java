package io.weft.data;

/**
 * One document as token ids, and which of them are learned. {@code trained[i]} means that token i is a target: it is
 * predicted from the tokens before it. Token 0 has nothing before it and is never a target, whatever its flag. Of a
 * document that is judged as a whole no token is learned, and no flag is set.
 */
public record Example(int[] ids, boolean[] trained) {
    public Example {
        if (ids.length != trained.length) {
            throw new IllegalArgumentException(ids.length + " ids but " + trained.length + " flags");
        }
        if (ids.length == 0 || trained[0] && targets(trained) == 0) {
            throw new IllegalArgumentException("nothing to train on in " + ids.length + " tokens");
        }
    }

    /** A document that is judged as a whole, by a label or a score. */
    public static Example whole(int[] ids) { return new Example(ids, new boolean[ids.length]); }

    public int length() { return ids.length; }

    /** Tokens before the first target: what is asked. At least one; all where there is no target. */
    public int promptLength() {
        int length = 1;
        while (length < trained.length && !trained[length]) {
            length++;
        }
        return length;
    }

    /** Number of targets: trained tokens after the first. */
    public int trainedTokens() { return targets(trained); }

    private static int targets(boolean[] trained) {
        int count = 0;
        for (int i = 1; i < trained.length; i++) {
            count += trained[i] ? 1 : 0;
        }
        return count;
    }
}
