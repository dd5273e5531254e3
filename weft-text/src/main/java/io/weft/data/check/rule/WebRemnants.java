package io.weft.data.check.rule;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Entities and tags that a page left in a text which is not about pages. */
final class WebRemnants {
    private static final Pattern REMNANT = Pattern.compile("&(?:nbsp|amp|lt|gt|quot|apos|ldquo|rdquo|mdash|hellip);"
            + "|&#(?:\\d{2,5}|x[0-9a-fA-F]{2,5});"
            + "|</?(?:br|p|div|span|font|strong|em|b|i|u|ul|ol|li|td|tr|table|a|img|h[1-6])(?:\\s[^<>]{0,200})?/?>",
            Pattern.CASE_INSENSITIVE);
    /** A text that speaks of pages or shows code means its tags. */
    private static final Pattern ABOUT_PAGES = Pattern.compile("html|xml|css|javascript|```|<!doctype|web ?page|网页|标签",
            Pattern.CASE_INSENSITIVE);

    private WebRemnants() {}

    /** Where the first stands. */
    static OptionalInt first(String text) {
        Matcher remnant = REMNANT.matcher(text);
        return remnant.find() && !ABOUT_PAGES.matcher(text).find() ? OptionalInt.of(remnant.start())
                : OptionalInt.empty();
    }
}
