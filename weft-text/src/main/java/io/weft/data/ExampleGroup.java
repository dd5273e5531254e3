package io.weft.data;

import java.util.List;

/**
 * The documents that one row of data became, which an objective looks at together: one for a conversation or a text,
 * two for a preference (the chosen answer, then the rejected one). A group is never split: the packer lays all of it
 * into one pack, and all of it counts as one row of a micro-batch.
 *
 * @param values what the row says of each document beside its tokens, such as whether an answer is wanted, a margin or
 *     an advantage; empty where it says nothing
 * @param earlier the log-probability of each target of the documents, one after the other, when a model made them;
 * empty
 *     where none did or it is as it was then. It is kept in no file
 */
public record ExampleGroup(List<Example> documents, double[] values, float[] earlier) {
    private static final double[] NONE = {};
    private static final float[] SAME = {};

    public ExampleGroup {
        documents = List.copyOf(documents);
        if (documents.isEmpty()) {
            throw new IllegalArgumentException("a group without documents");
        }
        if (values.length != 0 && values.length != documents.size()) {
            throw new IllegalArgumentException(values.length + " values for " + documents.size() + " documents");
        }
        if (earlier.length != 0
                && earlier.length != documents.stream().mapToInt(Example::trainedTokens).sum()) {
            throw new IllegalArgumentException(earlier.length + " earlier log-probabilities for "
                    + documents.stream().map(Example::trainedTokens).toList() + " targets");
        }
    }

    /** Documents that no model made. */
    public ExampleGroup(List<Example> documents, double[] values) { this(documents, values, SAME); }

    /** Documents of which nothing else is said. */
    public ExampleGroup(List<Example> documents) { this(documents, NONE); }

    public static ExampleGroup of(Example document) { return new ExampleGroup(List.of(document)); }

    /** What is said of a document, counted from 0; not a number where nothing is. */
    public double value(int document) { return values.length == 0 ? Double.NaN : values[document]; }

    /** Tokens of all its documents. */
    public int length() { return documents.stream().mapToInt(Example::length).sum(); }
}
