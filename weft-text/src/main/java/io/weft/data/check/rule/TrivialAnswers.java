package io.weft.data.check.rule;

import io.weft.data.Conversation;
import io.weft.data.Preference;
import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.CheckedRow;
import io.weft.data.check.Examples;
import io.weft.file.JsonFile;
import io.weft.problem.Translatable;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** Answers that say nothing: marks without a letter, and the words by which people leave a field empty. */
final class TrivialAnswers implements Check {
    /** A model copies what stands once in two hundred rows, and an empty answer is the easiest to copy. */
    private static final double WARN = 0.005, FAIL = 0.1;
    private static final int LONGEST = 40;
    private static final Set<String> NOTHING = new HashSet<>();

    static {
        JsonFile.beside(TrivialAnswers.class, "nothing.json").path("words").forEach(word -> NOTHING.add(word.asText()));
    }

    @Override public String name() { return "trivialAnswers"; }

    @Override public Translatable title() { return text("Empty or trivial answers"); }

    @Override public Translatable reason() {
        return text("answers without a letter or digit, and words such as N/A, none, TODO, 无, 略; warns from %s %% of "
                + "the rows, fails from %s %%: saying nothing is the easiest thing to learn", 0.5, 10);
    }

    @Override public boolean applies(CheckedData data) {
        return data.kind() == Conversation.class || data.kind() == Preference.class;
    }

    @Override public Judging on(CheckedData data) {
        return new RowShare(TrivialAnswers::isTrivial, rows -> data.labels().areThere()
                ? RowShare.of(name(), data, new Examples(), WARN, FAIL,
                text("the answers are labels, which are short on purpose"))
                : RowShare.of(name(), data, rows, WARN, FAIL, rows.count() == 0
                ? text("every answer says something")
                : text("%,d of %,d answers say nothing", rows.count(), data.rows())));
    }

    private static boolean isTrivial(CheckedRow row) {
        return row.sample().wanted().filter(answer -> answer.length() <= LONGEST && saysNothing(answer)).isPresent();
    }

    private static boolean saysNothing(String answer) {
        String letters = answer.codePoints().filter(Character::isLetterOrDigit).collect(StringBuilder::new,
                StringBuilder::appendCodePoint, StringBuilder::append).toString().toLowerCase(Locale.ROOT);
        // an emoji or a formula of signs is an answer
        boolean signs = answer.codePoints().anyMatch(c -> Character.getType(c) == Character.OTHER_SYMBOL
                || Character.getType(c) == Character.MATH_SYMBOL);
        return letters.isEmpty() && !signs || NOTHING.contains(letters);
    }
}
