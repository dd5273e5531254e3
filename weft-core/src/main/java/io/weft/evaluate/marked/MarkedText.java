package io.weft.evaluate.marked;

import io.weft.page.HtmlTemplate;
import io.weft.page.HtmlTemplate.Html;
import java.util.List;
import java.util.Map;

/** Texts for a page with those words marked that they share with another, or those that they lack. */
public final class MarkedText {
    private static final HtmlTemplate PIECES = HtmlTemplate.beside(MarkedText.class, "pieces.html");

    private MarkedText() {}

    /** An answer, with the words marked that the expected one has, too, in its order. */
    public static Html shared(String answer, String expected) {
        return pieces(SharedWords.of(answer.strip(), expected), true);
    }

    /** An expected answer, with the words underlined that the answer lacks. */
    public static Html missing(String expected, String answer) {
            return pieces(SharedWords.of(expected, answer), false); }

    private static Html pieces(List<SharedWords.Piece> pieces, boolean shared) {
        return PIECES.fill(Map.of("missing", !shared, "pieces", pieces.stream().map(piece -> Map.of("text",
                piece.text(), "marked", piece.shared() == shared && !piece.text().isBlank())).toList()));
    }
}
