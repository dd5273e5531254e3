package io.weft.metric;

import io.weft.jinja.PythonSpace;
import java.util.List;
import java.util.regex.Pattern;

/**
 * sacrebleu's tokenisers. Scores of different tokenisers do not compare, so a report names the one it used: {@link
 * #label}.
 */
public enum BleuTokens {
    /** mteval-v13a, WMT's: splits punctuation from words. */
    V13A("13a") {
        @Override public List<String> tokens(String text) {
            String line = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ");
            line = line.replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
            return western(" " + line + " ");
        }
    },
    /** One token per Chinese character and per full-width sign, the rest as mteval splits it. */
    ZH("zh") {
        @Override public List<String> tokens(String text) {
            StringBuilder spaced = new StringBuilder();
            PythonSpace.strip(text).codePoints().forEach(c -> {
                if (chinese(c)) {
                    spaced.append(' ').appendCodePoint(c).append(' ');
                } else {
                    spaced.appendCodePoint(c);
                }
            });
            return western(spaced.toString());
        }
    },
    /** One token per character that is not white space. */
    CHARACTERS("char") {
        @Override public List<String> tokens(String text) {
            return characters(text).stream().filter(c -> !PythonSpace.isSpace(c.codePointAt(0))).toList();
        }
    },
    /** White space alone. */
    NONE("none") {
        @Override public List<String> tokens(String text) { return PythonSpace.split(text); }
    };

    private static final Pattern PUNCTUATION = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
    private static final Pattern PERIOD_AFTER_OTHER = Pattern.compile("([^0-9])([.,])");
    private static final Pattern PERIOD_BEFORE_OTHER = Pattern.compile("([.,])([^0-9])");
    private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");
    /**
     * Pairs of first and last. The second pair is what sacrebleu's "\\u20000" to "\\u2a6d6" comes to in Python, where
     * such an escape is two characters.
     */
    private static final int[] CHINESE = {0x3400, 0x4DB5, 0x2001, 0x2A6D, 0x4E00, 0x9FBB, 0xF900, 0xFA2D, 0xFA30,
            0xFA6A, 0xFA70, 0xFAD9, 0x2F00, 0x2FDF, 0xFF00, 0xFFEF,
        0x2E80, 0x2EFF, 0x3000, 0x303F, 0x31C0, 0x31EF, 0x2FF0, 0x2FFF, 0x3100, 0x312F, 0x31A0, 0x31BF, 0xFE10, 0xFE1F,
        0xFE30, 0xFE4F, 0x3200, 0x33FF};

    private final String label;

    BleuTokens(String label) { this.label = label; }

    /** One string a code point, white space among them. */
    static List<String> characters(String text) {
        return text.codePoints().mapToObj(Character::toString).toList();
    }

    /** sacrebleu's name of the tokeniser, to show beside a score. */
    public String label() { return label; }

    /** The tokens of a text, in order; none for a blank text. */
    public abstract List<String> tokens(String text);

    private static List<String> western(String line) {
        String split = PUNCTUATION.matcher(line).replaceAll(" $1 ");
        split = PERIOD_AFTER_OTHER.matcher(split).replaceAll("$1 $2 ");
        split = PERIOD_BEFORE_OTHER.matcher(split).replaceAll(" $1 $2");
        return PythonSpace.split(DASH_AFTER_DIGIT.matcher(split).replaceAll("$1 $2 "));
    }

    private static boolean chinese(int c) {
        for (int i = 0; i < CHINESE.length; i += 2) {
            if (c >= CHINESE[i] && c <= CHINESE[i + 1]) {
                return true;
            }
        }
        return false;
    }
}
