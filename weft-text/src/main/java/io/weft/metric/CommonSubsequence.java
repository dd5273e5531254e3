package io.weft.metric;

import java.util.BitSet;
import java.util.List;

/**
 * Longest common subsequence of two token lists, by the usual table. Time and, for {@link #positions}, bytes: the
 * product of the two lengths.
 */
public final class CommonSubsequence {
    private static final byte BOTH = 0;
    private static final byte CANDIDATE = 1;
    private static final byte REFERENCE = 2;

    private CommonSubsequence() {}

    /** Its length. */
    public static int length(List<String> reference, List<String> candidate) {
        return fill(reference, candidate, null);
    }

    /**
     * Positions in {@code reference} of one longest common subsequence: the one that rouge_score's way back through the
     * table finds.
     */
    public static BitSet positions(List<String> reference, List<String> candidate) {
        byte[][] moves = new byte[reference.size()][candidate.size()];
        fill(reference, candidate, moves);
        BitSet positions = new BitSet(reference.size());
        int i = reference.size() - 1;
        int j = candidate.size() - 1;
        while (i >= 0 && j >= 0) {
            switch (moves[i][j]) {
                case BOTH -> {
                    positions.set(i--);
                    j--;
                }
                case CANDIDATE -> j--;
                default -> i--;
            }
        }
        return positions;
    }

    /**
     * Fills the table row by row and keeps only the last row, and in {@code moves}, unless null, the step that leads
     * back from each cell.
     */
    private static int fill(List<String> reference, List<String> candidate, byte[][] moves) {
        int[] above = new int[candidate.size() + 1];
        int[] row = new int[candidate.size() + 1];
        for (int i = 0; i < reference.size(); i++) {
            for (int j = 0; j < candidate.size(); j++) {
                boolean equal = reference.get(i).equals(candidate.get(j));
                row[j + 1] = equal ? above[j] + 1 : Math.max(above[j + 1], row[j]);
                if (moves != null) {
                    moves[i][j] = equal ? BOTH : row[j] > above[j + 1] ? CANDIDATE : REFERENCE;
                }
            }
            int[] swap = above;
            above = row;
            row = swap;
        }
        return above[candidate.size()];
    }
}
