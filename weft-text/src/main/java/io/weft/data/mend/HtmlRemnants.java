package io.weft.data.mend;

import io.weft.data.Sample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a web page left in a text: tags of layout and emphasis that are opened and closed again, {@code <br>}, {@code
 * <hr>}, {@code <img>}, comments, and character references. Text that is about markup is left alone: a row that names
 * HTML, XML, tags and the like, or has a whole page or a script in it, stays as it is, and so does what stands in
 * backticks or fences. Anything else in angle brackets ({@code List<String>}, {@code a < b}, {@code <p>} never closed)
 * is no remnant.
 */
public final class HtmlRemnants {
    private static final Set<String> BLOCKS = Set.of("p", "div", "li", "ul", "ol", "tr", "table", "tbody", "thead",
            "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "center", "section", "article");
    private static final Set<String> PAIRED = Set.of("b", "i", "u", "em", "strong", "span", "font", "a", "sup", "sub",
            "small", "big", "td", "th", "strike");
    private static final Set<String> ALONE = Set.of("br", "hr", "img");
    private static final Pattern TAG = Pattern.compile(
            "<(/?)([a-zA-Z][a-zA-Z0-9]{0,9})((?:\\s+[a-zA-Z-]+(?:=(?:\"[^\"<>]*\"|'[^'<>]*'|[^\\s\"'<>]+))?)*)\\s*/?>"),
            COMMENT = Pattern.compile("<!--.{0,2000}?-->", Pattern.DOTALL),
            REFERENCE = Pattern.compile("&(?:#([0-9]{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));"),
            CODE = Pattern.compile("```.*?(?:```|\\z)|`[^`\n]*`", Pattern.DOTALL),
            MARKUP = Pattern.compile("\\b(?:html|xml|xhtml|css|svg|jsx|markup|javascript|php|tags?)\\b|标签|标记语言|网页代码"
            + "|<!doctype|<(?:html|head|body|script|style|form|input|button|svg|\\?xml)\\b", Pattern.CASE_INSENSITIVE);
    private static final Map<String, String> NAMED = Map.ofEntries(Map.entry("amp", "&"), Map.entry("lt", "<"),
            Map.entry("gt", ">"), Map.entry("quot", "\""), Map.entry("apos", "'"), Map.entry("nbsp", " "),
            Map.entry("ldquo", "\u201c"), Map.entry("rdquo", "\u201d"), Map.entry("lsquo", "\u2018"),
            Map.entry("rsquo", "\u2019"), Map.entry("hellip", "\u2026"), Map.entry("mdash", "\u2014"),
            Map.entry("ndash", "\u2013"), Map.entry("middot", "\u00b7"), Map.entry("bull", "\u2022"),
            Map.entry("copy", "\u00a9"), Map.entry("reg", "\u00ae"), Map.entry("trade", "\u2122"),
            Map.entry("deg", "\u00b0"), Map.entry("times", "\u00d7"), Map.entry("yen", "\u00a5"),
            Map.entry("euro", "\u20ac"), Map.entry("laquo", "\u00ab"), Map.entry("raquo", "\u00bb"),
            Map.entry("emsp", " "), Map.entry("ensp", " "), Map.entry("thinsp", " "));

    private HtmlRemnants() {}

    /** Whether a row speaks of markup, so that what looks like a remnant may be what it is about. */
    public static boolean isAbout(Sample sample) {
        return SampleTexts.all(sample).stream().anyMatch(text -> MARKUP.matcher(text).find());
    }

    /** The text without remnants, code as it is. */
    public static String without(String text) {
        if (text.indexOf('<') < 0 && text.indexOf('&') < 0) {
            return text;
        }
        var left = new StringBuilder(text.length());
        Matcher code = CODE.matcher(text);
        int from = 0;
        while (code.find()) {
            left.append(prose(text.substring(from, code.start()))).append(code.group());
            from = code.end();
        }
        return left.append(prose(text.substring(from))).toString();
    }

    private static String prose(String text) { return read(withoutTags(COMMENT.matcher(text).replaceAll(""))); }

    /** One found tag. @param with what takes its place, null while it is open */
    private static final class Tag {
        private final int start, end;
        private final String name;
        private String with;

        private Tag(Matcher found, String name) {
            start = found.start();
            end = found.end();
            this.name = name;
        }
    }

    private static String withoutTags(String text) {
        List<Tag> tags = new ArrayList<>();
        Deque<Tag> open = new ArrayDeque<>();
        Matcher found = TAG.matcher(text);
        while (found.find()) {
            Tag tag = new Tag(found, found.group(2).toLowerCase(Locale.ROOT));
            tags.add(tag);
            if (ALONE.contains(tag.name)) {
                tag.with = tag.name.equals("img") ? "" : "\n";
            } else if (found.group(1).isEmpty() && (BLOCKS.contains(tag.name) || PAIRED.contains(tag.name))) {
                open.push(tag);
            } else if (!found.group(1).isEmpty() && open.stream().anyMatch(other -> other.name.equals(tag.name))) {
                close(open, tag);
            }
        }
        var left = new StringBuilder(text.length());
        int from = 0;
        for (Tag tag : tags) {
            if (tag.with != null) {
                left.append(text, from, tag.start);
                append(left, tag.with);
                from = tag.end;
            }
        }
        String all = left.append(text, from, text.length()).toString();
        return from > 0 ? all.strip() : all;
    }

    /** What was opened within and never closed stays as it is. */
    private static void close(Deque<Tag> open, Tag tag) {
        while (!open.peek().name.equals(tag.name)) {
            open.pop();
        }
        boolean block = BLOCKS.contains(tag.name);
        open.pop().with = block ? "\n" : "";
        tag.with = block ? "\n" : tag.name.equals("td") || tag.name.equals("th") ? " " : "";
    }

    /** A line ends once, however many tags end it. */
    private static void append(StringBuilder left, String with) {
        boolean begins = left.length() == 0 || left.charAt(left.length() - 1) == '\n';
        left.append(with.equals("\n") && begins ? "" : with);
    }

    private static String read(String text) {
        return REFERENCE.matcher(text).replaceAll(found -> Matcher.quoteReplacement(read(found.group(),
                found.group(1), found.group(2), found.group(3))));
    }

    private static String read(String whole, String decimal, String hexadecimal, String name) {
        if (name != null) {
            return NAMED.getOrDefault(name, whole);
        }
        int point = decimal != null ? Integer.parseInt(decimal) : Integer.parseInt(hexadecimal, 16);
        return point == 0xA0 ? " " : Character.isValidCodePoint(point) && Character.isDefined(point)
                && !Character.isISOControl(point) && !(point >= 0xD800 && point < 0xE000)
                ? Character.toString(point) : whole;
    }
}
