package io.weft.data.mend;

import io.weft.data.OddCharacters;
import io.weft.data.Sample;
import io.weft.problem.UserError;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Flag;
import io.weft.settings.Values.OneOf;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * Takes away what texts from real files hold and nobody meant, in this order: mojibake, HTML remnants, control
 * characters, invisible ones, width, normal form, and last the user's own expressions. A row of which a text is blank
 * afterwards, and was not before, is dropped.
 *
 * @param control   control characters go, but for tab, line feed and carriage return
 * @param invisible zero width space, byte order mark, word joiner and Mongolian vowel separator go; the joiners that
 *     emoji, Indic scripts and Persian need stay
 * @param replace   regular expressions, each over what the one before left
 */
public record Clean(boolean control, boolean invisible, boolean html, boolean mojibake, Width width,
        UnicodeForm unicode, List<Replacement> replace) implements RowStep {
    private static final String HTML = "html";
    private static final Section<Clean> SECTION = Section.of("clean", new Clean(),
            text("take away characters and marks that nobody meant"),
            Setting.of("control", new Flag(), text("control characters go, but for tab and the ends of lines")),
            Setting.of("invisible", new Flag(), text("zero width spaces, byte order marks and word joiners go; the "
                    + "joiners of emoji and of Indic and Persian words stay")),
            Setting.of("html", new Flag(), text("closed pairs of known HTML tags, breaks, comments and character "
                    + "references go; code, and rows that speak of HTML, stay")),
            Setting.of("mojibake", new Flag(), text("UTF-8 that was once read as Latin-1, Windows-1252 or GBK is read "
                    + "again, where that is certain")),
            Setting.of("width", OneOf.of(Width.class), text("wide letters and digits to ASCII, wide punctuation too, "
                    + "or as Chinese text has it")),
            Setting.of("unicode", OneOf.of(UnicodeForm.class), text("a normal form of Unicode")),
            Setting.of("replace", new Replacements(), text("regular expressions and what stands in place of what they "
                    + "find; one after the other")));

    public Clean() { this(true, true, false, false, Width.KEEP, UnicodeForm.KEEP, List.of()); }

    public Clean { replace = List.copyOf(replace); }

    @Override public Section<Clean> section() { return SECTION; }

    @Override public Mender open() { return new Cleaning(parts())::mend; }

    /** One thing that is done to a text, and the word by which rows are counted. */
    private record Part(String name, UnaryOperator<String> change) {}

    private List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        if (mojibake) {
            parts.add(new Part("mojibake", Mojibake::mended));
        }
        if (html) {
            parts.add(new Part(HTML, HtmlRemnants::without));
        }
        if (control) {
            parts.add(new Part("control", text -> without(text, true)));
        }
        if (invisible) {
            parts.add(new Part("invisible", text -> without(text, false)));
        }
        if (width != Width.KEEP) {
            parts.add(new Part("width", width::of));
        }
        if (unicode != UnicodeForm.KEEP) {
            parts.add(new Part("unicode", unicode::of));
        }
        for (Replacement one : replace) {
            Pattern pattern = Pattern.compile(one.pattern());
            parts.add(new Part("replace:" + one.pattern(), text -> pattern.matcher(text).replaceAll(one.with())));
        }
        return parts;
    }

    private static String without(String text, boolean control) {
        int at = 0;
        while (at < text.length() && !goes(text.charAt(at), control)) {
            at++;
        }
        if (at == text.length()) {
            return text;
        }
        var left = new StringBuilder(text.length());
        text.chars().filter(c -> !goes(c, control)).forEach(c -> left.append((char) c));
        return left.toString();
    }

    private static boolean goes(int c, boolean control) {
        return control ? OddCharacters.isControl(c) || c >= 0x80 && c < 0xA0 : OddCharacters.isInvisible(c);
    }

    private record Cleaning(List<Part> parts) {
        Mended mend(Sample sample) {
            List<Part> parts = this.parts;
            if (parts.stream().anyMatch(part -> part.name().equals(HTML)) && HtmlRemnants.isAbout(sample)) {
                parts = parts.stream().filter(part -> !part.name().equals(HTML)).toList();
            }
            return mend(sample, parts);
        }

        private static Mended mend(Sample sample, List<Part> parts) {
            Set<String> done = new LinkedHashSet<>();
            boolean[] blank = new boolean[1];
            Sample cleaned = SampleTexts.replaced(sample, text -> {
                String now = clean(text, parts, done, sample);
                blank[0] |= now.isBlank() && !text.isBlank();
                return now;
            });
            return blank[0] ? Mended.dropped("blank") : done.isEmpty() ? Mended.same(sample)
                    : Mended.changed(cleaned, List.copyOf(done));
        }

        private static String clean(String text, List<Part> parts, Set<String> done, Sample sample) {
            String now = text;
            for (Part part : parts) {
                String before = now;
                try {
                    now = part.change().apply(before);
                } catch (StackOverflowError e) {
                    throw UserError.of(say("%s: data.mend.clean.%s needs more stack than there is on this row; write "
                            + "the expression without nested repetition", sample.place(), part.name()), e);
                }
                if (!now.equals(before)) {
                    done.add(part.name());
                }
            }
            return now;
        }
    }
}
