package io.weft.token.encode;

import java.util.ArrayList;
import java.util.List;

import static io.weft.problem.Language.say;

/**
 * Rows in which prompt and answer do not meet as one text has it.
 *
 * @param moved   with {@code data.border: exact}: rows whose answer is encoded apart from its prompt, since one token
 *     would hold of both
 * @param joined  with {@code data.border: joined}: rows in which that token stays, so that the beginning of the answer
 *     is not learned or the prompt is not what the model will be asked with
 * @param skipped earlier answers of conversations that are not learned, since the chat template renders what asks for
 *     them otherwise once the conversation goes on
 */
public record BorderCounts(int moved, int joined, int skipped) {
    static final BorderCounts NONE = new BorderCounts(0, 0, 0);

    /** For a reader; "" when there is nothing to tell. */
    @Override public String toString() {
        List<String> told = new ArrayList<>();
        if (moved > 0) {
            told.add(say("%,d answers encoded apart from their prompts (data.border)", moved));
        }
        if (joined > 0) {
            told.add(say("%,d lose the beginning of their answer (data.border: joined)", joined));
        }
        if (skipped > 0) {
            told.add(say("%,d earlier answers not learned: the template asks for them otherwise", skipped));
        }
        return String.join("; ", told);
    }

    BorderCounts plus(BorderCounts other) {
        return new BorderCounts(moved + other.moved, joined + other.joined, skipped + other.skipped);
    }
}
