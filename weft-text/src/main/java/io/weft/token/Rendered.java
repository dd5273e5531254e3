package io.weft.token;

import io.weft.jinja.Span;
import io.weft.jinja.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A conversation as one text, cut into pieces that say who wrote what and what is learned.
 * <pre>
 * template   &lt;|im_start|&gt;user\n
 * literal    say &lt;|im_end|&gt;                        a user's words: no special token, whatever they look like
 * template   &lt;|im_end|&gt;\n&lt;|im_start|&gt;assistant\n
 * literal    I would rather not.                  trained
 * template   &lt;|im_end|&gt;\n                         trained
 * </pre> Pieces are no borders for a tokenizer: a text encoded piece by piece can give other ids than the text encoded
 * whole. An encoder cuts the whole text at those special tokens that lie entirely in pieces that are not literal, and
 * encodes what is between them as plain text.
 *
 * @param pieces in order; together they are the whole text, and neighbours differ in a flag
 * @param mask   how it was found out what is trained
 */
public record Rendered(List<Piece> pieces, Mask mask) {
    /** How the trained pieces were found. */
    public enum Mask {
        /** Nothing is trained: a prompt. */
        NONE,
        /** The template marks them itself. */
        GENERATION_BLOCKS,
        /** From what the conversation's beginnings render to. */
        RENDERED_PREFIXES
    }

    public Rendered { pieces = List.copyOf(pieces); }

    static Rendered of(Text text, List<Span> trained, Mask mask) {
        var borders = new TreeSet<>(List.of(0, text.length()));
        for (var run : text.runs()) {
            borders.add(run.start());
            borders.add(run.end());
        }
        for (var span : trained) {
            borders.add(span.start());
            borders.add(span.end());
        }
        var pieces = new ArrayList<Piece>();
        int run = 0, span = 0, start = 0;
        for (int end : borders.tailSet(0, false)) {
            while (run < text.runs().size() && text.runs().get(run).end() <= start) {
                run++;
            }
            while (span < trained.size() && trained.get(span).end() <= start) {
                span++;
            }
            boolean literal = run < text.runs().size() && text.runs().get(run).start() <= start;
            add(pieces, new Piece(text.toString().substring(start, end), literal, span < trained.size()
                    && trained.get(span).contains(start)));
            start = end;
        }
        return new Rendered(pieces, mask);
    }

    private static void add(List<Piece> pieces, Piece piece) {
        var last = pieces.isEmpty() ? null : pieces.get(pieces.size() - 1);
        if (last != null && last.literal() == piece.literal() && last.trained() == piece.trained()) {
            pieces.set(pieces.size() - 1, new Piece(last.text() + piece.text(), piece.literal(), piece.trained()));
        } else {
            pieces.add(piece);
        }
    }

    /** The whole text. */
    public String text() { return pieces.stream().map(Piece::text).collect(Collectors.joining()); }

    /**
     * Whether what is learned ends with the assistant's own words and nothing but white space behind them: the template
     * has no end-of-turn token there, and who trains a model to stop has to add the tokenizer's end token.
     */
    public boolean endsOpen() {
        for (int i = pieces.size() - 1; i >= 0; i--) {
            if (!pieces.get(i).text().isBlank()) {
                return pieces.get(i).literal() && pieces.get(i).trained();
            }
        }
        return false;
    }

    /** The characters that are learned (UTF-16 units), in order; touching pieces are one span. */
    public List<Span> assistantSpans() {
        var spans = new ArrayList<Span>();
        int start = 0;
        for (var piece : pieces) {
            int end = start + piece.text().length();
            int last = spans.size() - 1;
            if (piece.trained() && last >= 0 && spans.get(last).end() == start) {
                spans.set(last, new Span(spans.get(last).start(), end));
            } else if (piece.trained()) {
                spans.add(new Span(start, end));
            }
            start = end;
        }
        return spans;
    }
}
