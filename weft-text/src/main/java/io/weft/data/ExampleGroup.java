package io.weft.data;

import java.util.List;

/**
 * The documents that one row of data became, which an objective looks at together: one for a conversation or a text,
 * two for a preference (the chosen answer, then the rejected one). A group is never split: the packer lays all of it
 * into one pack, and all of it counts as one row of a micro-batch.
 */
public record ExampleGroup(List<Example> documents) {
    public ExampleGroup {
        documents = List.copyOf(documents);
        if (documents.isEmpty()) {
            throw new IllegalArgumentException("a group without documents");
        }
    }

    public static ExampleGroup of(Example document) { return new ExampleGroup(List.of(document)); }

    /** Tokens of all its documents. */
    public int length() { return documents.stream().mapToInt(Example::length).sum(); }
}
