package io.weft.data;

/** Characters that text from real files holds and nobody meant. */
public final class OddCharacters {
    private OddCharacters() {}

    /** Code points 0 to 31 except tab, line feed and carriage return; and 127. */
    public static boolean isControl(int c) { return c < 32 && c != '\t' && c != '\n' && c != '\r' || c == 127; }

    /** Whether the text has a control character. */
    public static boolean holdsControl(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isControl(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** The picture of a control character; any other as it is. */
    public static int visible(int c) { return !isControl(c) ? c : c == 127 ? 0x2421 : 0x2400 + c; }

    /**
     * Characters without width that no script needs where they stand: zero width space, byte order mark, word joiner,
     * Mongolian vowel separator.
     */
    public static boolean isInvisible(int c) { return c == 0x200b || c == 0xfeff || c == 0x2060 || c == 0x180e; }

    /** What a decoder leaves where it could not read: U+FFFD. */
    public static boolean isReplacement(int c) { return c == 0xfffd; }

    /** A place kept free for private fonts. */
    public static boolean isPrivate(int c) { return Character.getType(c) == Character.PRIVATE_USE; }

    /** Half a character, which no UTF-8 file can hold. */
    public static boolean holdsLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
    }
}
