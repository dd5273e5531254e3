package io.weft.reward;

import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Flag;
import io.weft.settings.Values.Matching;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * 1 where a regular expression matches, else 0. White space at the answer's ends is left out, and a dot stands for a
 * line break, too.
 *
 * @param whole whether all of the answer must match, or some part of it
 */
public record Regex(double weight, String pattern, boolean whole) implements Reward {
    private static final Section<Regex> SECTION = Section.of("regex", new Regex(),
            text("1 where a regular expression matches the answer, else 0"), WEIGHT,
            Setting.of("pattern", new Matching(Pattern.compile(".+", Pattern.DOTALL), text("a regular expression")),
                    text("the regular expression, as Java has them")).required("\"[0-9]+\""),
            Setting.of("whole", new Flag(), text("whether all of the answer must match, or some part of it")));

    public Regex() { this(1, "", true); }

    @Override public Section<Regex> section() { return SECTION; }

    @Override public List<String> problems() { return problemsOf(pattern); }

    static List<String> problemsOf(String pattern) {
        try {
            Pattern.compile(pattern);
            return List.of();
        } catch (PatternSyntaxException e) {
            return List.of(say("%s is no regular expression: %s", pattern, e.getDescription()));
        }
    }

    @Override public double of(Answered answered) {
        var matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(answered.answer().strip());
        return (whole ? matcher.matches() : matcher.find()) ? 1 : 0;
    }
}
