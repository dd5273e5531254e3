package io.weft.page;

/**
 * What models and rows say, made harmless: control characters, which could steer a terminal and which HTML forbids, as
 * their pictures.
 */
public final class VisibleText {
    private VisibleText() {}

    /** Line breaks and tabs stay; carriage returns before a line break go. */
    public static String of(String text) {
        StringBuilder visible = new StringBuilder();
        text.replace("\r\n", "\n").codePoints().forEach(c -> {
            boolean control = Character.getType(c) == Character.CONTROL && c != '\n' && c != '\t';
            visible.appendCodePoint(!control ? c : c < 32 ? 0x2400 + c : c == 127 ? 0x2421 : 0xfffd);
        });
        return visible.toString();
    }

    /** {@link #of} as HTML's text or attribute. */
    static String html(String text) {
        return of(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
