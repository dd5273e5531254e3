package io.weft.problem;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A text for users that is made before the reader's language is known: an English format, which is the key of its
 * translations, and what it is filled with. Printed, it is in the language of the process.
 */
public final class Translatable {
    private final String english;
    private final Object[] arguments;

    private Translatable(String english, Object... arguments) {
        this.english = english;
        this.arguments = arguments.clone();
    }

    /**
     * @param english as {@link String#format} takes it
     * @param arguments translated themselves where they are {@code Translatable}, joined by commas where they are lists
     */
    public static Translatable text(String english, Object... arguments) {
        return new Translatable(english, arguments);
    }

    /** The English format and what it is filled with, for files that do not depend on a language. */
    public List<Object> parts() {
        List<Object> parts = new ArrayList<>(List.of(english));
        parts.addAll(Arrays.asList(arguments));
        return parts;
    }

    /** The text in one language, whatever the process speaks. */
    public String in(Language language) {
        Object[] filled = Arrays.stream(arguments)
                .map(argument -> argument instanceof Translatable inner ? inner.in(language)
                        : argument instanceof List<?> list
                        ? list.stream().map(String::valueOf).collect(Collectors.joining(language.comma())) : argument)
                .toArray();
        return language.in(english, filled);
    }

    @Override public String toString() { return in(Language.current()); }

    @Override public boolean equals(Object other) {
        return other instanceof Translatable text && english.equals(text.english)
                && Arrays.equals(arguments, text.arguments);
    }

    @Override public int hashCode() { return Objects.hash(english, Arrays.hashCode(arguments)); }
}
