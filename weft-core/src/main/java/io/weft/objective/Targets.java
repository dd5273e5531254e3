package io.weft.objective;

import java.util.Arrays;

/**
 * What an objective is a function of: the log-probability of each target of a batch, in the order of the batch, and
 * where it belongs.
 * <pre>
 *   row         0                 1             of data: a preference is two documents, the chosen one first
 *   document    0       1         2       3
 *   target      0 1 2   3 4       5 6     7 8 9
 * </pre>
 * Where the model reads whole rows, each document has one target: its label, or its score.
 *
 * @param logProbabilities [N] of each target, or its score; not numbers where an objective said that it does not depend
 *     on them
 * @param documents        [N] ascending from 0: the document of each target
 * @param rows             [D] ascending from 0: the row of each document
 * @param reference        [N] what the model without tuning gives them; empty unless the objective asks for it
 * @param values           [D] what its row says of each document, not numbers where it says nothing; its label where
 *     the model tells labels apart
 * @param predicted        [N] the label that the model finds likeliest; empty where it tells none apart, and where the
 *     log-probabilities are unknown
 * @param ofPrompt         [N] whether each target is a token of what is asked, see {@link Objective#wantsPrompt};
 *     empty where none is
 * @param candidates       what a teacher finds likeliest at each target; none where there is no teacher
 * @param earlier          [N] the log-probabilities when a model made the targets; empty where they are the same now
 */
public record Targets(float[] logProbabilities, int[] documents, int[] rows, float[] reference, double[] values,
        int[] predicted, boolean[] ofPrompt, Candidates candidates, float[] earlier) {
    private static final float[] NONE = {};
    private static final int[] NO_LABELS = {};
    private static final boolean[] NO_PROMPT = {};

    public Targets {
        if (documents.length != logProbabilities.length
                || reference.length != 0 && reference.length != logProbabilities.length
                || values.length != rows.length
                || predicted.length != 0 && predicted.length != documents.length
                || ofPrompt.length != 0 && ofPrompt.length != documents.length
                || earlier.length != 0 && earlier.length != documents.length) {
            throw new IllegalArgumentException(logProbabilities.length + " log-probabilities, " + documents.length
                    + " documents, " + reference.length + " of the reference, " + values.length + " values for "
                    + rows.length + " documents, " + predicted.length + " predicted, " + earlier.length + " earlier");
        }
    }

    /** Targets of a model that tells no labels apart, none of them a prompt's. */
    public Targets(float[] logProbabilities, int[] documents, int[] rows, float[] reference, double[] values) {
        this(logProbabilities, documents, rows, reference, values, NO_LABELS, NO_PROMPT, Candidates.NONE, NONE);
    }

    /** Targets whose log-probabilities are not computed yet: each is NaN, so that using one shows. */
    static Targets unknown(int[] documents, int[] rows, double[] values) {
        float[] unknown = new float[documents.length];
        Arrays.fill(unknown, Float.NaN);
        return new Targets(unknown, documents, rows, NONE, values);
    }

    Targets withLogProbabilities(float[] known) {
        return new Targets(known, documents, rows, reference, values, predicted, ofPrompt, candidates, earlier);
    }

    Targets with(TokenLoss.Said said) {
        return new Targets(said.numbers(), documents, rows, reference, values, said.predicted(), ofPrompt,
                candidates.with(said.candidates()), earlier);
    }

    Targets withReference(float[] known) {
        return new Targets(logProbabilities, documents, rows, known, values, predicted, ofPrompt, candidates, earlier);
    }

    Targets withPrompts(boolean[] known) {
        return new Targets(logProbabilities, documents, rows, reference, values, predicted, known, candidates,
                earlier);
    }

    Targets withCandidates(Candidates known) {
        return new Targets(logProbabilities, documents, rows, reference, values, predicted, ofPrompt, known, earlier);
    }

    Targets withEarlier(float[] known) {
        return new Targets(logProbabilities, documents, rows, reference, values, predicted, ofPrompt, candidates,
                known);
    }

    /** Those of one row alone, which is row 0 of them. */
    Targets ofRow(int row) {
        int from = 0, to = 0;
        while (from < rows.length && rows[from] < row) {
            from++;
        }
        for (to = from; to < rows.length && rows[to] == row; to++) {}
        int first = 0, end = 0;
        while (first < documents.length && documents[first] < from) {
            first++;
        }
        for (end = first; end < documents.length && documents[end] < to; end++) {}
        int begin = from;
        return new Targets(Arrays.copyOfRange(logProbabilities, first, end),
                Arrays.stream(documents, first, end).map(document -> document - begin).toArray(), new int[to - from],
                cut(reference, first, end), Arrays.copyOfRange(values, from, to),
                predicted.length == 0 ? predicted : Arrays.copyOfRange(predicted, first, end),
                ofPrompt.length == 0 ? ofPrompt : Arrays.copyOfRange(ofPrompt, first, end),
                candidates.of(first, end), cut(earlier, first, end));
    }

    private static float[] cut(float[] of, int from, int to) {
        return of.length == 0 ? of : Arrays.copyOfRange(of, from, to);
    }

    /** Number of targets. */
    public int count() { return documents.length; }

    /**
     * Number of rows, each of which is two documents: chosen is document 2 n, rejected 2 n + 1.
     *
     * @throws IllegalStateException where a row is anything else
     */
    public int pairs() {
        for (int n = 0; n < rows.length; n++) {
            if (rows[n] != n / 2 || rows.length % 2 != 0) {
                throw new IllegalStateException("not pairs: documents of rows " + Arrays.toString(rows));
            }
        }
        return rows.length / 2;
    }

    /** Whether a target is learned as an answer, and not a prompt's. */
    public boolean isLearned(int target) { return ofPrompt.length == 0 || !ofPrompt[target]; }

    /** [D] The log-probability of each document's learned targets together. */
    public double[] byDocument() { return byDocument(logProbabilities); }

    /** [D] As {@link #byDocument}, by the reference. */
    public double[] referenceByDocument() { return byDocument(reference); }

    private double[] byDocument(float[] values) {
        double[] sums = new double[rows.length];
        for (int i = 0; i < values.length; i++) {
            sums[documents[i]] += isLearned(i) ? values[i] : 0;
        }
        return sums;
    }

    /** [D] How many learned targets each document has. */
    public int[] lengths() {
        int[] lengths = new int[rows.length];
        for (int i = 0; i < documents.length; i++) {
            lengths[documents[i]] += isLearned(i) ? 1 : 0;
        }
        return lengths;
    }

    /** [N] Each learned target's number is that of its document, a prompt's is 0. @param numbers [D] */
    public float[] ofDocuments(double[] numbers) {
        float[] each = new float[documents.length];
        for (int i = 0; i < each.length; i++) {
            each[i] = isLearned(i) ? (float) numbers[documents[i]] : 0;
        }
        return each;
    }
}
