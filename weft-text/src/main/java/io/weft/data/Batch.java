package io.weft.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Documents laid end to end, without any padding: what the trainer's thread turns into tensors. A row of a padded
 * batch, or one of the documents packed into a row, is a document here; attention never crosses from one to the next
 * and positions start again in each.
 * <pre>
 *   documents      a b c d | x y z          trained: c d, z
 *   ids            a b c d   x y z
 *   targets       -1 c d -1 -1 z -1         the token after, where it is learned: shifted here and only here
 *   positions      0 1 2 3   0 1 2
 *   starts         0         4       7      document n is [starts[n], starts[n + 1])
 * </pre>
 *
 * @param ids       [T] token ids
 * @param targets   [T] the id to predict at this place, or {@link #NONE}
 * @param positions [T] tokens from the start of the own document
 * @param starts    [N + 1] ascending, from 0 to T
 * @param rows      [N] ascending from 0: the row of data that each document belongs to, see {@link ExampleGroup}
 * @param values    [N] what its row says of each document, not numbers where it says nothing
 * @param firsts    [N] whether a document's first token would be learned, too, if something stood before it
 * @param before    [N] how many tokens at the start of each document only hold a place, see {@link #after}
 * @param earlier   log-probabilities of the targets when a model made them, see {@link ExampleGroup}; empty where they
 *     are not known of all
 */
public record Batch(int[] ids, int[] targets, int[] positions, int[] starts, int[] rows, double[] values,
        boolean[] firsts, int[] before, float[] earlier) {
    /** No target here. */
    public static final int NONE = -1;

    /** Lays the documents end to end in the given order, each a row of its own. */
    public static Batch of(List<Example> documents) {
        return ofGroups(documents.stream().map(ExampleGroup::of).toList());
    }

    /** Lays the groups' documents end to end in the given order. */
    public static Batch ofGroups(List<ExampleGroup> groups) {
        List<Example> documents = groups.stream().flatMap(group -> group.documents().stream()).toList();
        int[] rows = IntStream.range(0, groups.size())
                .flatMap(row -> groups.get(row).documents().stream().mapToInt(document -> row)).toArray();
        double[] values = groups.stream().flatMapToDouble(group -> IntStream.range(0, group.documents().size())
                .mapToDouble(group::value)).toArray();
        int total = documents.stream().mapToInt(Example::length).sum();
        int[] ids = new int[total], targets = new int[total], positions = new int[total],
                starts = new int[documents.size() + 1];
        boolean[] firsts = new boolean[documents.size()];
        int at = 0;
        for (int n = 0; n < documents.size(); n++) {
            Example document = documents.get(n);
            starts[n] = at;
            firsts[n] = document.trained()[0];
            int length = document.length();
            for (int i = 0; i < length; i++, at++) {
                ids[at] = document.ids()[i];
                positions[at] = i;
                targets[at] = i + 1 < length && document.trained()[i + 1] ? document.ids()[i + 1] : NONE;
            }
        }
        starts[documents.size()] = total;
        return new Batch(ids, targets, positions, starts, rows, values, firsts, new int[documents.size()],
                earlier(groups));
    }

    private static float[] earlier(List<ExampleGroup> groups) {
        boolean known = groups.stream().allMatch(group -> group.earlier().length > 0);
        float[] all = new float[known ? groups.stream().mapToInt(group -> group.earlier().length).sum() : 0];
        int at = 0;
        for (ExampleGroup group : known ? groups : List.<ExampleGroup>of()) {
            System.arraycopy(group.earlier(), 0, all, at, group.earlier().length);
            at += group.earlier().length;
        }
        return all;
    }

    /**
     * The same with tokens before those of each document, whose ids say nothing: something else is put in their place.
     *
     * @param before [N] how many
     * @param firsts whether the last one of them is to predict the document's first token, where that would be learned
     */
    public Batch after(int[] before, boolean firsts) {
        int total = ids.length + IntStream.of(before).sum();
        int[] shiftedIds = new int[total], shiftedTargets = new int[total], shiftedPositions = new int[total],
                shiftedStarts = new int[starts.length];
        for (int n = 0, at = 0; n < before.length; n++) {
            shiftedStarts[n] = at;
            int length = starts[n + 1] - starts[n];
            Arrays.fill(shiftedTargets, at, at + before[n], NONE);
            if (firsts && this.firsts[n] && before[n] > 0) {
                shiftedTargets[at + before[n] - 1] = ids[starts[n]];
            }
            System.arraycopy(ids, starts[n], shiftedIds, at + before[n], length);
            System.arraycopy(targets, starts[n], shiftedTargets, at + before[n], length);
            for (int i = 0; i < before[n] + length; i++) {
                shiftedPositions[at + i] = i;
            }
            at += before[n] + length;
            shiftedStarts[n + 1] = at;
        }
        return new Batch(shiftedIds, shiftedTargets, shiftedPositions, shiftedStarts, rows, values, this.firsts,
                before, earlier);
    }

    public int tokens() { return ids.length; }

    public int documents() { return starts.length - 1; }

    /** Number of targets. */
    public int trainedTokens() {
        int count = 0;
        for (int target : targets) {
            count += target == NONE ? 0 : 1;
        }
        return count;
    }
}
