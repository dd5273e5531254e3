package io.weft.token.tool;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Calls that are all of an answer. As long as its beginning may be one, everything is held back; once it cannot, the
 * rest goes through as it comes.
 */
final class WholeAnswerCalls implements CallReader {
    private final Predicate<String> mayBegin;
    private final Function<String, List<ToolCall>> calls;
    private final StringBuilder held = new StringBuilder();
    private boolean words;

    /**
     * @param mayBegin whether a text may be the beginning of a call
     * @param calls    of a whole answer; none where it has none
     */
    WholeAnswerCalls(Predicate<String> mayBegin, Function<String, List<ToolCall>> calls) {
        this.mayBegin = mayBegin;
        this.calls = calls;
    }

    @Override public Piece push(String more) {
        if (words) {
            return Piece.words(more);
        }
        held.append(more);
        words = !mayBegin.test(held.toString());
        return words ? release() : Piece.NOTHING;
    }

    @Override public Piece finish() {
        List<ToolCall> found = words ? List.of() : calls.apply(held.toString());
        return found.isEmpty() ? release() : new Piece("", found);
    }

    private Piece release() {
        String all = held.toString();
        held.setLength(0);
        return Piece.words(all);
    }
}
