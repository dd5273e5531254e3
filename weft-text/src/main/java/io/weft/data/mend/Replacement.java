package io.weft.data.mend;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

import static io.weft.problem.Language.say;

/**
 * A regular expression of the user, and what stands in place of what it finds.
 *
 * @param pattern as {@link Pattern} reads it  @param with may name groups: {@code $1}, <code>${name}</code>
 */
public record Replacement(String pattern, String with) {
    /** @throws IllegalArgumentException saying what is wrong, and where */
    public Replacement {
        try {
            // the second branch matches anything, so that the groups of the replacement are looked up
            Pattern.compile("(?:" + Pattern.compile(pattern) + "\n)|").matcher("").replaceAll(with);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(say("'%s' at character %d: %s", pattern, e.getIndex() + 1,
                    e.getDescription()), e);
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IllegalArgumentException(say("'%s': the replacement '%s' names a group that is not there",
                    pattern, with), e);
        }
    }
}
