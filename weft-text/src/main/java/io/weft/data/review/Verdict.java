package io.weft.data.review;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.file.JsonFile;
import io.weft.settings.Word;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a person decides of a row. */
public enum Verdict implements Word {
    /** It is right as it stands. */
    KEEP,
    /** It goes. */
    DROP,
    /** Its answer, or its mark, becomes what stands in {@code corrected}. */
    CHANGE;

    private static final JsonNode CHINESE = JsonFile.beside(Verdict.class, "chinese.json");

    /** As people write it, in English or Chinese, in any case. */
    static Optional<Verdict> of(String text) {
        return Arrays.stream(values()).filter(verdict -> verdict.word().equals(text.toLowerCase(Locale.ROOT))
                || CHINESE.path(verdict.word()).asText().equals(text)).findFirst();
    }

    /** What may be written. */
    static List<String> words() { return Arrays.stream(values()).map(verdict -> verdict.word()).toList(); }
}
