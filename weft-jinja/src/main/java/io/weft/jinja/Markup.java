package io.weft.jinja;

/** HTML escapes, and the rule of texts marked safe: joined with any other text, that other text is escaped. */
final class Markup {
    private Markup() {}

    /** The value's text with &amp; &lt; &gt; and quotes escaped, marked safe; a safe text as it is. */
    static TracedText escape(Object value) {
        TracedText text = PythonText.str(value);
        return text.safe() ? text : text.map(Markup::escaped).asSafe(true);
    }

    private static String escaped(int c) {
        return switch (c) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '\'' -> "&#39;";
            case '"' -> "&#34;";
            default -> Character.toString(c);
        };
    }

    /** Python's + of two texts. */
    static TracedText concatenate(TracedText a, TracedText b) {
        boolean safe = a.safe() || b.safe();
        return new TextBuilder().append(safe ? escape(a) : a).append(safe ? escape(b) : b).toText().asSafe(safe);
    }
}
