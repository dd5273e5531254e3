package io.weft.token.tool;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Calls between two marks, any number of them, words around them; what may be the beginning of a mark is held back.
 * White space next to a call is nobody's.
 */
final class MarkedCalls implements CallReader {
    private final String open, close;
    private final Function<String, List<ToolCall>> calls;
    private final StringBuilder held = new StringBuilder();
    private boolean inside, called;

    /** @param close "" where a call goes on to the end of the answer  @param calls of the text between the marks */
    MarkedCalls(String open, String close, Function<String, List<ToolCall>> calls) {
        this.open = open;
        this.close = close;
        this.calls = calls;
    }

    @Override public Piece push(String words) {
        held.append(words);
        StringBuilder given = new StringBuilder();
        List<ToolCall> found = new ArrayList<>();
        while (step(given, found)) {
            // once more: another mark may stand behind this one
        }
        return new Piece(given.toString(), List.copyOf(found));
    }

    private boolean step(StringBuilder given, List<ToolCall> found) {
        int at = inside && close.isEmpty() ? -1 : held.indexOf(inside ? close : open);
        if (inside) {
            if (at < 0) {
                return false;
            }
            end(held.substring(0, at), close, given, found);
            held.delete(0, at + close.length());
            inside = false;
            return true;
        }
        int certain = at >= 0 ? at : held.length() - begun();
        String words = held.substring(0, certain);
        // before and between calls there are line breaks that belong to neither
        if (called || at >= 0) {
            words = at >= 0 ? words.stripTrailing() : words;
            words = called ? words.stripLeading() : words;
        }
        given.append(words);
        called &= words.isEmpty();
        held.delete(0, at >= 0 ? at + open.length() : certain);
        inside = at >= 0;
        return inside;
    }

    private void end(String text, String behind, StringBuilder given, List<ToolCall> found) {
        List<ToolCall> read = calls.apply(text);
        if (read.isEmpty()) {
            given.append(open).append(text).append(behind);
        } else {
            found.addAll(read);
            called = true;
        }
    }

    /** How many characters at the end of what is held may begin a mark, white space before it counted. */
    private int begun() {
        int words = held.length();
        for (int length = Math.min(open.length() - 1, held.length()); length > 0; length--) {
            if (open.startsWith(held.substring(held.length() - length))) {
                words = held.length() - length;
                break;
            }
        }
        while (words > 0 && Character.isWhitespace(held.charAt(words - 1))) {
            words--;
        }
        return held.length() - words;
    }

    @Override public Piece finish() {
        StringBuilder given = new StringBuilder();
        List<ToolCall> found = new ArrayList<>();
        if (inside) {
            end(held.toString(), "", given, found);
        } else {
            given.append(called && held.toString().isBlank() ? "" : held);
        }
        held.setLength(0);
        inside = false;
        return new Piece(given.toString(), List.copyOf(found));
    }
}
