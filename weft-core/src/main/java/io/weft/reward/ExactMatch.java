package io.weft.reward;

import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Flag;
import io.weft.settings.Values.Matching;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static io.weft.problem.Translatable.text;

/**
 * 1 where the answer is the row's, else 0. White space at the ends never counts, and in between one is as good as
 * several.
 *
 * @param ignoreCase        whether capitals are small letters
 * @param ignorePunctuation whether punctuation marks and symbols count for nothing
 * @param find              what of a text is compared: the last match of this regular expression, of it the first group
 *     where it has one; a text without a match is compared whole where it is the row's, and is wrong where it is the
 *     model's
 */
public record ExactMatch(double weight, boolean ignoreCase, boolean ignorePunctuation, Optional<String> find)
        implements Reward {
    private static final Section<ExactMatch> SECTION = Section.of("exactMatch", new ExactMatch(),
            text("1 where the answer is the row's own, else 0"), WEIGHT,
            Setting.of("ignoreCase", new Flag(), text("whether capitals are small letters")),
            Setting.of("ignorePunctuation", new Flag(), text("whether punctuation and symbols count for nothing")),
            Setting.of("find", new Matching(Pattern.compile(".+", Pattern.DOTALL), text("a regular expression")),
                    text("what is compared: its last match, of that the first group where there is one"))
                    .optional("\"#### (.+)\"", text("the whole text")));
    private static final Pattern SPACE = Pattern.compile("[\\s\\p{Z}]+");
    private static final Pattern MARKS = Pattern.compile("[\\p{P}\\p{S}]");

    public ExactMatch() { this(1, false, false, Optional.empty()); }

    @Override public Section<ExactMatch> section() { return SECTION; }

    @Override public boolean wantsReference() { return true; }

    @Override public List<String> problems() { return find.map(Regex::problemsOf).orElse(List.of()); }

    @Override public double of(Answered answered) {
        Optional<String> said = found(answered.answer());
        String wanted = found(answered.reference()).orElse(answered.reference());
        return said.isPresent() && normalised(said.get()).equals(normalised(wanted)) ? 1 : 0;
    }

    private Optional<String> found(String text) {
        if (find.isEmpty()) {
            return Optional.of(text);
        }
        Matcher matcher = Pattern.compile(find.get()).matcher(text);
        Optional<String> last = Optional.empty();
        while (matcher.find()) {
            last = Optional.of(matcher.groupCount() > 0 && matcher.group(1) != null ? matcher.group(1)
                    : matcher.group());
        }
        return last;
    }

    private String normalised(String text) {
        String words = ignorePunctuation ? MARKS.matcher(text).replaceAll(" ") : text;
        String one = SPACE.matcher(words).replaceAll(" ").strip();
        return ignoreCase ? one.toLowerCase(Locale.ROOT) : one;
    }
}
