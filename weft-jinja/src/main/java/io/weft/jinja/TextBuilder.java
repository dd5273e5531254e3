package io.weft.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Builds a {@link TracedText} from pieces that keep their origins. The one place where long texts are made, so it
 * bounds them: a longer one ends the rendering.
 */
final class TextBuilder {
    /** The longest text, as output or on the way to it. */
    static final int LONGEST = 8 << 20;

    private final StringBuilder chars = new StringBuilder();
    private final List<TracedText.Run> runs = new ArrayList<>();

    int length() { return chars.length(); }

    TextBuilder append(String own) {
        checkRoom(own.length());
        chars.append(own);
        return this;
    }

    TextBuilder append(String characters, int origin) {
        int start = chars.length();
        append(characters);
        mark(start, chars.length(), origin);
        return this;
    }

    TextBuilder append(TracedText text) {
        int start = chars.length();
        append(text.toString());
        for (var run : text.runs()) {
            mark(start + run.start(), start + run.end(), run.origin());
        }
        return this;
    }

    TextBuilder repeat(TracedText text, long times) {
        checkRoom(Math.max(0, times) > LONGEST ? LONGEST + 1L : Math.max(0, times) * text.length());
        for (long i = 0; i < times && !text.isEmpty(); i++) {
            append(text);
        }
        return this;
    }

    /** Each code point of a text replaced by a string that inherits its origin. */
    TextBuilder appendMapped(TracedText text, IntFunction<String> replacement) {
        String source = text.toString();
        int done = 0;
        for (var run : text.runs()) {
            map(source, done, run.start(), replacement);
            int start = chars.length();
            map(source, run.start(), run.end(), replacement);
            mark(start, chars.length(), run.origin());
            done = run.end();
        }
        map(source, done, source.length(), replacement);
        return this;
    }

    private void map(String source, int start, int end, IntFunction<String> replacement) {
        for (int i = start; i < end;) {
            int point = source.codePointAt(i);
            append(replacement.apply(point));
            i += Character.charCount(point);
        }
    }

    private void mark(int start, int end, int origin) {
        if (start == end) {
            return;
        }
        int last = runs.size() - 1;
        if (last >= 0 && runs.get(last).end() == start && runs.get(last).origin() == origin) {
            runs.set(last, new TracedText.Run(runs.get(last).start(), end, origin));
        } else {
            runs.add(new TracedText.Run(start, end, origin));
        }
    }

    private void checkRoom(long more) {
        if (chars.length() + more > LONGEST) {
            throw TemplateException.because("a text grew beyond %d characters", LONGEST);
        }
    }

    TracedText toText() { return new TracedText(chars.toString(), List.copyOf(runs), false); }
}
