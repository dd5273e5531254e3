package io.weft.data.review;

import io.weft.settings.Word;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a person decides of a row. */
public enum Verdict implements Word {
    /** It is right as it stands. */
    KEEP("保留"),
    /** It goes. */
    DROP("删除"),
    /** Its answer, or its mark, becomes what stands in {@code corrected}. */
    CHANGE("修改");

    private final String chinese;

    Verdict(String chinese) { this.chinese = chinese; }

    /** As people write it, in English or Chinese, in any case. */
    static Optional<Verdict> of(String text) {
        return Arrays.stream(values()).filter(verdict -> verdict.word().equals(text.toLowerCase(Locale.ROOT))
                || verdict.chinese.equals(text)).findFirst();
    }

    /** What may be written. */
    static List<String> words() { return Arrays.stream(values()).map(verdict -> verdict.word()).toList(); }
}
