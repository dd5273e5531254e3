package io.weft.data;

import java.util.Collection;
import java.util.stream.Collectors;

/** A user's text as it may stand in a message: short, on one line, and unable to steer a terminal. */
public final class Excerpt {
    private static final int CHARACTERS = 60, ITEMS = 12;

    private Excerpt() {}

    public static String of(String text) {
        String begin = text.codePoints().limit(CHARACTERS)
                .map(c -> c == '\n' || c == '\r' || c == '\t' ? ' ' : OddCharacters.visible(c))
                .mapToObj(Character::toString).collect(Collectors.joining());
        return begin.length() < text.length() ? begin + "…" : begin;
    }

    public static String of(Collection<String> texts) {
        return texts.stream().limit(ITEMS).map(Excerpt::of).collect(Collectors.joining(", "))
                + (texts.size() > ITEMS ? ", …" : "");
    }
}
