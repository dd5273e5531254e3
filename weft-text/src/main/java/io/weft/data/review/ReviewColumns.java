package io.weft.data.review;

import java.util.List;

/** What stands in a review, and in a file of decisions; the same in every language. */
final class ReviewColumns {
    static final String CONFLICT = "conflict", KIND = "kind", FILE = "file", LINE = "line", ROW = "row",
            PROMPT = "prompt", ANSWER = "answer", REJECTED = "rejected", MARK = "mark", DECISION = "decision",
            CORRECTED = "corrected", HASH = "hash";
    static final List<String> ALL = List.of(CONFLICT, KIND, FILE, LINE, ROW, PROMPT, ANSWER, REJECTED, MARK, DECISION,
            CORRECTED, HASH);

    private ReviewColumns() {}
}
