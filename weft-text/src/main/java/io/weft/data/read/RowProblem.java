package io.weft.data.read;

import io.weft.data.Excerpt;
import io.weft.problem.Translatable;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * What is wrong with a row.
 *
 * @param reason the word that {@link Rejected#reason} counts by
 * @param text what was found and what to do
 */
public record RowProblem(String reason, String text) {
    /** @param similar another field of the row whose name is nearly that */
    public static RowProblem missing(String field, String has, Optional<String> similar) {
        return new RowProblem("missing:" + field, similar.isPresent()
                ? say("'%s' is missing (has %s); is '%s' meant? Rename it", field, has, Excerpt.of(similar.get()))
                : say("'%s' is missing (has %s); set data.format or fix the row", field, has));
    }

    public static RowProblem notText(String field, String found) {
        return new RowProblem("not_a_string:" + field, say("'%s' is %s; expected text", field, found));
    }

    public static RowProblem blank(String field) {
        return new RowProblem("blank:" + field, say("'%s' is empty; expected text", field));
    }

    public static RowProblem brokenCharacter(String field) {
        return new RowProblem("broken_character:" + field,
                say("'%s' holds half of a character (a lone surrogate such as \\ud83d); write the whole character",
                field));
    }

    public static RowProblem unsupported(String field, Translatable why) {
        return new RowProblem("unsupported:" + field, say("'%s': %s", field, why));
    }

    public static RowProblem duplicateKey(String field) {
        return new RowProblem("duplicate_key:" + Excerpt.of(field),
                say("the key '%s' stands twice in one object; keep one", Excerpt.of(field)));
    }

    public static RowProblem tooLarge() {
        return new RowProblem("too_large", say("longer than %d characters; split the row", Row.LARGEST));
    }

    static RowProblem tooDeep(int most) {
        return new RowProblem("too_deep", say("nested more than %d deep; take the field out or write it as a text",
                most));
    }

    static RowProblem tooManyDigits(int most) {
        return new RowProblem("too_many_digits", say("a number of more than %d digits; write it as a text", most));
    }

    public static RowProblem notAnObject(String found) {
        return new RowProblem("not_an_object",
                say("%s stands where a row is expected; a row is an object {\"field\": …}", found));
    }
}
