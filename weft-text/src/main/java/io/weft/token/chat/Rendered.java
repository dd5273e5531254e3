package io.weft.token.chat;

import io.weft.jinja.Span;
import io.weft.jinja.TracedText;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A conversation as one text, cut into segments that say who wrote what and what is learned.
 * <pre>
 * template   &lt;|im_start|&gt;user\n
 * literal    say &lt;|im_end|&gt;                        a user's words: no special token, whatever they look like
 * template   &lt;|im_end|&gt;\n&lt;|im_start|&gt;assistant\n
 * literal    I would rather not.                  trained
 * template   &lt;|im_end|&gt;\n                         trained
 * </pre> Segments are no borders for a tokenizer: a text encoded segment by segment can give other ids than the text
 * encoded whole. An encoder cuts the whole text at those special tokens that lie entirely in segments that are not
 * literal, and encodes what is between them as plain text.
 *
 * @param segments in order; together they are the whole text, and neighbours differ in a flag
 * @param mask   how it was found out what is trained
 */
public record Rendered(List<Segment> segments, Mask mask) {
    /** How the trained segments were found. */
    public enum Mask {
        /** Nothing is trained: a prompt. */
        NONE,
        /** The template marks them itself. */
        GENERATION_BLOCKS,
        /** From what the conversation's beginnings render to. */
        RENDERED_PREFIXES
    }

    public Rendered { segments = List.copyOf(segments); }

    static Rendered of(TracedText text, List<Span> trained, Mask mask) {
        var borders = new TreeSet<>(List.of(0, text.length()));
        for (var run : text.runs()) {
            borders.add(run.start());
            borders.add(run.end());
        }
        for (var span : trained) {
            borders.add(span.start());
            borders.add(span.end());
        }
        var segments = new ArrayList<Segment>();
        int run = 0, span = 0, start = 0;
        for (int end : borders.tailSet(0, false)) {
            while (run < text.runs().size() && text.runs().get(run).end() <= start) {
                run++;
            }
            while (span < trained.size() && trained.get(span).end() <= start) {
                span++;
            }
            boolean literal = run < text.runs().size() && text.runs().get(run).start() <= start;
            add(segments, new Segment(text.toString().substring(start, end), literal, span < trained.size()
                    && trained.get(span).contains(start)));
            start = end;
        }
        return new Rendered(segments, mask);
    }

    private static void add(List<Segment> segments, Segment segment) {
        var last = segments.isEmpty() ? null : segments.get(segments.size() - 1);
        if (last != null && last.literal() == segment.literal() && last.trained() == segment.trained()) {
            segments.set(segments.size() - 1, new Segment(last.text() + segment.text(), segment.literal(),
                    segment.trained()));
        } else {
            segments.add(segment);
        }
    }

    /** The whole text. */
    public String text() { return segments.stream().map(Segment::text).collect(Collectors.joining()); }

    /**
     * Whether what is learned ends with the assistant's own words and nothing but white space behind them: the template
     * has no end-of-turn token there, and who trains a model to stop has to add the tokenizer's end token.
     */
    public boolean endsOpen() { return endsOpen(segments); }

    /** As {@link #endsOpen()}. */
    public static boolean endsOpen(List<Segment> segments) {
        for (int i = segments.size() - 1; i >= 0; i--) {
            if (!segments.get(i).text().isBlank()) {
                return segments.get(i).literal() && segments.get(i).trained();
            }
        }
        return false;
    }

    /** The characters that are learned (UTF-16 units), in order; touching segments are one span. */
    public List<Span> assistantSpans() {
        var spans = new ArrayList<Span>();
        int start = 0;
        for (var segment : segments) {
            int end = start + segment.text().length();
            int last = spans.size() - 1;
            if (segment.trained() && last >= 0 && spans.get(last).end() == start) {
                spans.set(last, new Span(spans.get(last).start(), end));
            } else if (segment.trained()) {
                spans.add(new Span(start, end));
            }
            start = end;
        }
        return spans;
    }
}
