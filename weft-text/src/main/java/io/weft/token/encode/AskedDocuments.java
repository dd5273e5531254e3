package io.weft.token.encode;

import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Sample;
import io.weft.data.Text;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Rows that a model is to answer by itself: what asks for the answer, with the very ids that serving asks with, and
 * behind it the row's own answer, to which the model's is compared.
 * <pre>
 *   ids       what asks for an answer    the row's answer   one more, so that there is something behind every prompt
 *   trained   no                         yes                yes
 * </pre>
 *
 * @param how  what asks for an answer is encoded
 * @param mark the last token, which nobody reads
 */
record AskedDocuments(Documents how, Continuation continuation, int mark) implements Documents {
    @Override public Documents behind(HardPrompt prompt) {
        return new AskedDocuments(how.behind(prompt), continuation, mark);
    }

    @Override public Draft learned(Conversation conversation, boolean lastAnswerOnly) {
        MaskedTokens asked = how.asked(conversation.asked());
        return new Draft(answered(asked, rest(asked, conversation.answer())), false, 0);
    }

    private int[] rest(MaskedTokens asked, String answer) {
        int[] words = answer.isEmpty() ? new int[0] : continuation.of(asked.ids(), answer);
        int[] rest = Arrays.copyOf(words, words.length + 1);
        rest[words.length] = mark;
        return rest;
    }

    /** No cut takes anything of the answer, which would be another one then. */
    private static MaskedTokens answered(MaskedTokens asked, int[] rest) {
        int from = asked.ids().length, length = from + rest.length;
        int[] ids = Arrays.copyOf(asked.ids(), length);
        System.arraycopy(rest, 0, ids, from, rest.length);
        boolean[] trained = new boolean[length], fixed = Arrays.copyOf(asked.fixed(), length);
        Arrays.fill(trained, from, length, true);
        Arrays.fill(fixed, from, length, true);
        return new MaskedTokens(ids, trained, fixed);
    }

    @Override public Draft learned(Text text) { throw new IllegalStateException("a text asks nothing"); }

    @Override public MaskedTokens asked(List<Message> messages) { return how.asked(messages); }

    @Override public int[] begun(List<Message> messages) { return how.begun(messages); }

    @Override public Documents given(Map<String, ?> variables) {
        return new AskedDocuments(how.given(variables), continuation, mark);
    }

    @Override public List<MaskedTokens> cut(Sample sample, List<MaskedTokens> whole, int limit, OverLength by) {
        return sample.conversations().stream().map(each -> cut(each, limit, by)).toList();
    }

    private MaskedTokens cut(Conversation conversation, int limit, OverLength by) {
        MaskedTokens asked = how.asked(conversation.asked());
        int[] rest = rest(asked, conversation.answer());
        MaskedTokens shorter = limit <= rest.length ? MaskedTokens.NOTHING
                : how.cutAsked(conversation.asked(), asked, limit - rest.length, by);
        return shorter.ids().length == 0 ? MaskedTokens.NOTHING : answered(shorter, rest);
    }

    @Override public MaskedTokens cutAsked(List<Message> messages, MaskedTokens whole, int limit, OverLength by) {
        return how.cutAsked(messages, whole, limit, by);
    }
}
