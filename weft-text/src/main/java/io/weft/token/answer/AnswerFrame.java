package io.weft.token.answer;

import java.util.List;
import java.util.Set;

/**
 * What stands around the words of an answer, between the prompt and the ending.
 *
 * @param opening text that the template puts between a prompt and every answer, left out where an answer begins with it
 * @param closing text that it puts between an answer and the token that ends it, left out likewise
 * @param thinks  the marks around reasoning that this model knows, none where its template has no such thing
 * @param opened  whether a prompt ends inside such a block, so that an answer begins with reasoning
 * @param ending  what ends an answer
 */
public record AnswerFrame(String opening, String closing, List<ThinkMarks> thinks, boolean opened, Ending ending) {
    /** Nothing but words. */
    public static final AnswerFrame PLAIN = ofWords(new Ending(Set.of(), List.of()));

    public AnswerFrame { thinks = List.copyOf(thinks); }

    /** Of answers that are nothing but words. */
    public static AnswerFrame ofWords(Ending ending) { return new AnswerFrame("", "", List.of(), false, ending); }

    /** The same with more that ends an answer. */
    public AnswerFrame endingAlsoAt(Ending more) {
        return new AnswerFrame(opening, closing, thinks, opened, ending.and(more));
    }

    /** The marks before and behind reasoning, such as {@code <think>} and {@code </think>}. */
    public record ThinkMarks(String open, String close) {}

    /** Texts that end an answer. */
    public List<String> stops() { return ending.texts(); }

    /** Whether a special token is a mark that a reader of an answer must see. */
    public boolean isMark(String token) {
        return thinks.stream().anyMatch(marks -> marks.open.equals(token) || marks.close.equals(token));
    }

    /** The same, of answers whose first words belong to no open block: as people write them. */
    public AnswerFrame asWritten() { return new AnswerFrame("", "", thinks, false, new Ending(Set.of(), List.of())); }
}
