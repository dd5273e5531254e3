package io.weft.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Finding, cutting and replacing inside texts, as the methods of Python's str do it; the pieces keep their origins. */
final class TextSearch {
    private TextSearch() {}

    /** str.split(): between separators. @param most how many cuts at most; negative: as many as there are */
    static List<Object> split(TracedText text, TracedText separator, long most) {
        String all = text.toString(), cut = notEmpty(separator);
        var parts = new ArrayList<>();
        int start = 0;
        for (int at = TextFinder.first(all, cut, 0); at >= 0
                && (most < 0 || parts.size() < most); at = TextFinder.first(all, cut, start)) {
            addPart(parts, text.slice(start, at));
            start = at + cut.length();
        }
        addPart(parts, text.slice(start, all.length()));
        return parts;
    }

    /** str.rsplit(): the same from the right. */
    static List<Object> splitRight(TracedText text, TracedText separator, long most) {
        String all = text.toString(), cut = notEmpty(separator);
        var parts = new ArrayList<>();
        int end = all.length();
        for (int at = TextFinder.last(all, cut, end); at >= 0
                && (most < 0 || parts.size() < most); at = TextFinder.last(all, cut, end)) {
            addPart(parts, text.slice(at + cut.length(), end));
            end = at;
        }
        addPart(parts, text.slice(0, end));
        Collections.reverse(parts);
        return parts;
    }

    private static void addPart(List<Object> parts, TracedText part) {
        Budget.listSize(parts.size() + 1L);
        parts.add(part);
    }

    private static String notEmpty(TracedText separator) {
        if (separator.isEmpty()) {
            throw TemplateException.because("empty separator");
        }
        return separator.toString();
    }

    /** str.split() without a separator: between runs of white space, none at the ends. */
    static List<Object> words(TracedText text, long most) {
        String all = text.toString();
        var parts = new ArrayList<>();
        int i = 0;
        while (true) {
            while (i < all.length() && PythonSpace.isSpace(all.charAt(i))) {
                i++;
            }
            if (i == all.length()) {
                return parts;
            }
            if (most >= 0 && parts.size() >= most) {
                addPart(parts, text.slice(i, all.length()));
                return parts;
            }
            int start = i;
            while (i < all.length() && !PythonSpace.isSpace(all.charAt(i))) {
                i++;
            }
            addPart(parts, text.slice(start, i));
        }
    }

    /** str.rsplit() without a separator. */
    static List<Object> wordsRight(TracedText text, long most) {
        String all = text.toString();
        var parts = new ArrayList<>();
        int i = all.length();
        while (true) {
            while (i > 0 && PythonSpace.isSpace(all.charAt(i - 1))) {
                i--;
            }
            if (i == 0) {
                break;
            }
            if (most >= 0 && parts.size() >= most) {
                addPart(parts, text.slice(0, i));
                break;
            }
            int end = i;
            while (i > 0 && !PythonSpace.isSpace(all.charAt(i - 1))) {
                i--;
            }
            addPart(parts, text.slice(i, end));
        }
        Collections.reverse(parts);
        return parts;
    }

    /** str.splitlines(). @param keepEnds whether the line breaks stay */
    static List<Object> lines(TracedText text, boolean keepEnds) {
        String all = text.toString();
        var lines = new ArrayList<>();
        int start = 0;
        while (start < all.length()) {
            int end = start;
            while (end < all.length() && !Characters.isLineBreak(all.charAt(end))) {
                end++;
            }
            int next = Math.min(all.length(), end + (all.startsWith("\r\n", end) ? 2 : 1));
            addPart(lines, text.slice(start, keepEnds ? next : end));
            start = next;
        }
        return lines;
    }

    /** str.replace(). @param most how many at most; negative: all */
    static TracedText replace(TracedText text, TracedText old, TracedText replacement, long most) {
        if (old.isEmpty()) {
            return interspersed(text, replacement, most);
        }
        String all = text.toString();
        var made = new TextBuilder();
        int done = 0;
        long count = 0;
        for (int at = TextFinder.first(all, old.toString(), 0); at >= 0
                && (most < 0 || count < most); at = TextFinder.first(all, old.toString(), done)) {
            made.append(text.slice(done, at)).append(replacement);
            done = at + old.length();
            count++;
        }
        return count == 0 ? text : made.append(text.slice(done, all.length())).toText();
    }

    private static TracedText interspersed(TracedText text, TracedText replacement, long most) {
        var made = new TextBuilder();
        long count = 0;
        for (Object character : text.characters()) {
            made.append(most < 0 || count++ < most ? replacement : TracedText.EMPTY).append((TracedText) character);
        }
        return made.append(most < 0 || count < most ? replacement : TracedText.EMPTY).toText();
    }

    /** str.partition(): before the first separator, the separator, and after it. */
    static Tuple partition(TracedText text, TracedText separator) {
        int at = TextFinder.first(text.toString(), notEmpty(separator), 0);
        return at < 0 ? Tuple.of(text, TracedText.EMPTY, TracedText.EMPTY) : around(text, at, at + separator.length());
    }

    /** str.rpartition(): the same around the last separator. */
    static Tuple partitionRight(TracedText text, TracedText separator) {
        int at = TextFinder.last(text.toString(), notEmpty(separator), text.length());
        return at < 0 ? Tuple.of(TracedText.EMPTY, TracedText.EMPTY, text) : around(text, at, at + separator.length());
    }

    private static Tuple around(TracedText text, int start, int end) {
        return Tuple.of(text.slice(0, start), text.slice(start, end), text.slice(end, text.length()));
    }

    /** str.count(): how often, not overlapping. */
    static long count(TracedText text, TracedText part) {
        if (part.isEmpty()) {
            return text.points() + 1L;
        }
        long count = 0;
        String all = text.toString(), sought = part.toString();
        for (int at = TextFinder.first(all, sought, 0); at >= 0; at =
                TextFinder.first(all, sought, at + sought.length())) {
            count++;
        }
        return count;
    }

    /** sep.join(texts). */
    static TracedText join(TracedText separator, Iterable<?> texts) {
        var made = new TextBuilder();
        boolean first = true;
        for (Object text : texts) {
            made.append(first ? TracedText.EMPTY : separator).append(Values.text(text));
            first = false;
        }
        return made.toText();
    }
}
