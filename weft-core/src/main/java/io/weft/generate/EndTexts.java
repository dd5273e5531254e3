package io.weft.generate;

import io.weft.token.Tokenizer;
import io.weft.token.answer.Ending;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Tells whether the last tokens of an answer complete one of the texts that end it. */
final class EndTexts {
    static final EndTexts NONE = new EndTexts(null, List.of());
    private final Tokenizer tokenizer;
    private final List<String> texts;
    private final int window;

    private EndTexts(Tokenizer tokenizer, List<String> texts) {
        this.tokenizer = tokenizer;
        this.texts = texts;
        // A token holds a byte or more; decoders drop a space in front of the first one, which is none of the text's.
        window = 1 + texts.stream().mapToInt(text -> text.getBytes(StandardCharsets.UTF_8).length).max().orElse(0);
    }

    static EndTexts of(Ending ending, Tokenizer tokenizer) {
        return ending.texts().isEmpty() ? NONE : new EndTexts(tokenizer, ending.texts());
    }

    /** @param ids of which those from {@code from} to before {@code to} are an answer */
    boolean areMet(int[] ids, int from, int to) {
        if (texts.isEmpty()) {
            return false;
        }
        String end = tokenizer.decode(Arrays.copyOfRange(ids, Math.max(from, to - window), to), true);
        return texts.stream().anyMatch(end::contains);
    }
}
