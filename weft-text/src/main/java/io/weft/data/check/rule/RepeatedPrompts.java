package io.weft.data.check.rule;

import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.data.Preference;
import io.weft.data.check.Check;
import io.weft.data.check.CheckedData;
import io.weft.data.check.CheckedRow;
import io.weft.problem.Translatable;
import java.util.List;
import java.util.Locale;

import static io.weft.problem.Translatable.text;

/** Answers that begin with the whole question, or are what the question gave. */
final class RepeatedPrompts implements Check {
    /** A fair answer takes up its question now and then; in one of fifty rows it is a habit, and is learned. */
    private static final double WARN = 0.02, FAIL = 0.3;
    /** Shorter questions are names and greetings, which an answer may begin with. */
    private static final int SHORTEST = 20, SHORTEST_IDEOGRAPHS = 10;
    /** What stands between the parts of the tutorial's prompts. */
    private static final String PARTS = "\n\n(输入|输出):";

    @Override public String name() { return "repeatedPrompts"; }

    @Override public Translatable title() { return text("Answers that repeat the prompt"); }

    @Override public Translatable reason() {
        return text("answers that begin with the whole question, of %d letters or more; warns from %s %% of the rows, "
                + "fails from %s %%: the model would say every question once more", SHORTEST, 2, 30);
    }

    @Override public boolean applies(CheckedData data) {
        return data.kind() == Conversation.class || data.kind() == Preference.class;
    }

    @Override public Judging on(CheckedData data) {
        return new RowShare(RepeatedPrompts::repeats, rows -> RowShare.of(name(), data, rows, WARN, FAIL,
                rows.count() == 0 ? text("no answer repeats its prompt")
                : text("%,d of %,d answers begin with what they were asked", rows.count(), data.rows())));
    }

    private static boolean repeats(CheckedRow row) {
        List<Message> asked = row.sample().asked();
        String answer = row.sample().wanted().orElse("");
        if (asked.isEmpty() || answer.length() < SHORTEST_IDEOGRAPHS) {
            return false;
        }
        String question = asked.get(asked.size() - 1).content().split(PARTS, 2)[0];
        return answer.length() >= question.length() / 2 && isQuestion(letters(question), letters(answer));
    }

    private static boolean isQuestion(String question, String answer) {
        boolean chinese = question.codePoints().filter(Character::isIdeographic).count() * 2 > question.length();
        return question.length() >= (chinese ? SHORTEST_IDEOGRAPHS : SHORTEST) && answer.startsWith(question);
    }

    private static String letters(String text) {
        return text.codePoints().filter(Character::isLetterOrDigit).collect(StringBuilder::new,
                StringBuilder::appendCodePoint, StringBuilder::append).toString().toLowerCase(Locale.ROOT);
    }
}
