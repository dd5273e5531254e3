package io.weft.metric;

import io.weft.problem.Language;
import io.weft.problem.Translatable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import static io.weft.problem.Translatable.text;

/**
 * How ROUGE cuts a text into tokens. Scores of different cuts do not compare, so a report names the one it used: {@link
 * #label}.
 */
public enum RougeTokens {
    /** rouge_score's default: lower case, runs of a-z and 0-9. Everything else, all of Chinese among it, is dropped. */
    ENGLISH(text("rouge_score words")),
    /** {@link #ENGLISH} with words of four letters and more stemmed (rouge_score's {@code use_stemmer=True}). */
    ENGLISH_STEMMED(text("rouge_score words, Porter stems")),
    /** {@link #ENGLISH} and one token per ideograph. */
    CHINESE(text("one token per ideograph, rouge_score words")),
    /**
     * For other scripts: lower case, runs of letters, digits and their marks; one token per character where a script
     * puts no spaces between words.
     */
    UNICODE(text("Unicode words, one token per character of unspaced scripts"));

    private final Translatable label;

    RougeTokens(Translatable label) { this.label = label; }

    /** The name to keep beside a score in a file, the same in every language. */
    public String label() { return label.in(Language.ENGLISH); }

    /** The name for a reader, in the reader's language. */
    String said() { return label.toString(); }

    /** The tokens of a text, in order; none for a text without letters and digits. */
    public List<String> tokens(String text) {
        Cutter cutter = new Cutter();
        text.toLowerCase(Locale.ROOT).codePoints().forEach(c -> {
            if (standsAlone(c)) {
                cutter.end();
                cutter.word.appendCodePoint(c);
                cutter.end();
            } else if (inWord(c)) {
                cutter.word.appendCodePoint(c);
            } else {
                cutter.end();
            }
        });
        cutter.end();
        return cutter.tokens;
    }

    private boolean standsAlone(int c) {
        return switch (this) {
            case ENGLISH, ENGLISH_STEMMED -> false;
            case CHINESE -> Character.isIdeographic(c);
            case UNICODE -> Script.unspaced(c);
        };
    }

    private boolean inWord(int c) {
        return this == UNICODE ? Character.isLetterOrDigit(c) || Script.isMark(c) : c >= 'a' && c <= 'z' || c >= '0'
                && c <= '9';
    }

    private final class Cutter {
        private final List<String> tokens = new ArrayList<>();
        private final StringBuilder word = new StringBuilder();

        private void end() {
            if (word.length() > 0) {
                String token = word.toString();
                tokens.add(RougeTokens.this == ENGLISH_STEMMED && token.length() > 3 ? PorterStemmer.stem(token)
                        : token);
                word.setLength(0);
            }
        }
    }
}
