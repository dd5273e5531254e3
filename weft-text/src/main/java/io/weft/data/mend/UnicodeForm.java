package io.weft.data.mend;

import io.weft.settings.Word;
import java.text.Normalizer;

/** A normal form of Unicode, or none; {@code data.mend.clean.unicode} in a recipe. */
public enum UnicodeForm implements Word {
    /** Characters stay composed or decomposed as they are. */
    KEEP,
    /** What can be one character is one: e and an accent become é. Nothing else changes. */
    NFC,
    /**
     * As that, and characters that differ only in form become the plain one: ﬁ becomes fi, ② becomes 2, Ａ becomes A.
     */
    NFKC;

    String of(String text) {
        return this == KEEP ? text : Normalizer.normalize(text, this == NFC ? Normalizer.Form.NFC
                : Normalizer.Form.NFKC);
    }
}
