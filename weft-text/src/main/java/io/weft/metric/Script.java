package io.weft.metric;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.Set;

/** What the choice of tokens needs to know of a character's script. */
final class Script {
    private static final Set<UnicodeScript> UNSPACED =
            EnumSet.of(UnicodeScript.HAN, UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA, UnicodeScript.THAI,
            UnicodeScript.LAO, UnicodeScript.KHMER, UnicodeScript.MYANMAR);

    private Script() {}

    /** A letter of a script that writes no spaces between words. */
    static boolean unspaced(int c) {
        return Character.isIdeographic(c) || Character.isLetter(c) && UNSPACED.contains(UnicodeScript.of(c));
    }

    /** A letter that rouge_score's rules and ours for Chinese would both drop: neither Latin nor an ideograph. */
    static boolean foreign(int c) {
        return Character.isLetter(c) && !Character.isIdeographic(c) && UnicodeScript.of(c) != UnicodeScript.LATIN;
    }

    static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }
}
