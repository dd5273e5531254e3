package io.weft.data.personal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Finds and masks what is personal in texts: some kinds of it, or all. */
public final class PersonalData {
    /** Fewer digits close to each other are no number of a person; shorter words no key. */
    private static final int LEAST_DIGITS = 7, LEAST_WORD = 8;
    private static final PersonalData ALL = new PersonalData(EnumSet.allOf(PersonalKind.class));
    private final Set<PersonalKind> kinds;

    /** @param end behind the last character */
    public record Found(PersonalKind kind, int start, int end) {}

    private PersonalData(Set<PersonalKind> kinds) { this.kinds = kinds; }

    public static PersonalData of(Set<PersonalKind> kinds) {
        return new PersonalData(kinds.isEmpty() ? EnumSet.noneOf(PersonalKind.class) : EnumSet.copyOf(kinds));
    }

    /** Of every kind. */
    public static PersonalData all() { return ALL; }

    /** What stands in a text, in its order, nothing overlapping. */
    public List<Found> in(String text) {
        if (!mayHold(text)) {
            return List.of();
        }
        String narrow = narrow(text);
        List<Found> found = new ArrayList<>();
        for (PersonalKind kind : kinds) { // in the order of the kinds
            for (Span span : kind.in(narrow)) {
                if (found.stream().noneMatch(one -> span.overlaps(new Span(one.start, one.end)))) {
                    found.add(new Found(kind, span.start(), span.end()));
                }
            }
        }
        found.sort(Comparator.comparingInt(Found::start));
        return found;
    }

    /** The text with a mask, such as {@code <phone>}, in place of each; the same object where there is nothing. */
    public String masked(String text) { return masked(text, in(text)); }

    /** The text with a mask in place of what was found in it. @param found in the order of the text */
    public static String masked(String text, List<Found> found) {
        if (found.isEmpty()) {
            return text;
        }
        StringBuilder masked = new StringBuilder();
        int at = 0;
        for (Found one : found) {
            masked.append(text, at, one.start).append(one.kind.mask());
            at = one.end;
        }
        return masked.append(text, at, text.length()).toString();
    }

    /** A look that costs little: nearly every text of nearly every file ends here. */
    private static boolean mayHold(String text) {
        int digits = 0, gap = 0, word = 0, dots = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean digit = c >= '0' && c <= '9' || c >= '０' && c <= '９';
            gap = digit ? 0 : gap + 1;
            digits = digit ? digits + 1 : gap > 2 ? 0 : digits;
            word = c > ' ' && c < 127 ? word + 1 : 0;
            dots = word == 0 ? 0 : c == '.' && gap == 1 ? dots + 1 : dots;
            if (c == '@' || c == '＠' || digits >= LEAST_DIGITS || dots > 2 || c == ':' && word > 3
                    || word >= LEAST_WORD && digits > 0) {
                return true;
            }
        }
        return false;
    }

    /** Digits, letters and signs of full width in their narrow form, at the same places. */
    private static String narrow(String text) {
        if (text.chars().noneMatch(c -> c >= '！' && c <= '～')) {
            return text;
        }
        StringBuilder narrow = new StringBuilder(text);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '０' && c <= '９' || c >= 'Ａ' && c <= 'Ｚ' || c >= 'ａ' && c <= 'ｚ' || "＠．－＋（）＿：＝".indexOf(c) >= 0) {
                narrow.setCharAt(i, (char) (c - '！' + '!'));
            }
        }
        return narrow.toString();
    }
}
