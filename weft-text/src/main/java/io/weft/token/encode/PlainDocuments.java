package io.weft.token.encode;

import io.weft.data.Border;
import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.data.OverLength;
import io.weft.data.Sample;
import io.weft.data.Text;
import io.weft.problem.UserError;
import io.weft.token.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import static io.weft.problem.Language.say;

/**
 * A prompt, its answer and the end token, without a chat template. What follows the prompt's own tokens is learned.
 *
 * @param answerMarker the text between question and answer, which is never cut; "" for none
 * @param lead text before every prompt, which is never cut; "" for none
 */
record PlainDocuments(Tokenizer tokenizer, Continuation continuation, Border border, String answerMarker, String lead)
        implements Documents {
    @Override public Documents behind(HardPrompt prompt) {
        return new PlainDocuments(tokenizer, continuation, border, answerMarker, prompt.lead() + lead);
    }

    @Override public Draft learned(Conversation conversation, boolean lastAnswerOnly) {
        if (!conversation.isSingleTurn()) {
            throw severalTurns(conversation.place().toString());
        }
        return learned(lead + conversation.messages().get(0).content(), conversation.answer());
    }

    @Override public Draft learned(Text text) { return learned("", text.text()); }

    private Draft learned(String prompt, String answer) {
        int[] begin = tokenizer.prefix(), end = {tokenizer.eos().orElseThrow()};
        int[] asked = tokenizer.encodePlain(prompt), one = tokenizer.encodePlain(prompt + answer);
        boolean moved = !Continuation.begins(one, asked);
        int[] both = moved && border == Border.EXACT ? join(asked, continuation.of(asked, answer)) : one;
        int[] ids = join(begin, both, end);
        // joined, as TRL has it: as many as the prompt has alone, also where one token joins the two
        int promptLength = Math.min(begin.length + asked.length, ids.length - 1);
        return new Draft(MaskedTokens.ofText(ids, begin.length + leadTokens(prompt), promptLength), moved, 0);
    }

    @Override public MaskedTokens asked(List<Message> messages) {
        if (messages.size() != 1 || messages.get(0).isAssistant()) {
            throw severalTurns(say("the request"));
        }
        String prompt = lead + messages.get(0).content();
        int[] begin = tokenizer.prefix(), ids = join(begin, tokenizer.encodePlain(prompt));
        return MaskedTokens.ofText(ids, begin.length + leadTokens(prompt), ids.length);
    }

    @Override public int[] begun(List<Message> messages) {
        if (messages.size() != 2 || messages.get(0).isAssistant() || !messages.get(1).isAssistant()) {
            throw severalTurns(say("the request"));
        }
        int[] ended = learned(lead + messages.get(0).content(), messages.get(1).content()).tokens().ids();
        return Arrays.copyOf(ended, ended.length - 1);
    }

    @Override public Documents given(Map<String, ?> variables) {
        if (!variables.isEmpty()) {
            throw UserError.of(say("no chat template is in use, so there is none that could be given '%s'",
                    variables.keySet().iterator().next()));
        }
        return this;
    }

    @Override public List<MaskedTokens> cut(Sample sample, List<MaskedTokens> whole, int limit, OverLength how) {
        int marker = markerTokens(sample.asked().get(0).content());
        return MaskedTokens.shortened(whole.stream().map(each -> each.keepingMarker(marker))
                .map(each -> how == OverLength.CUT_RIGHT ? each.withoutAnswersEnd(limit) : each).toList(), limit, how);
    }

    @Override public MaskedTokens cutAsked(List<Message> messages, MaskedTokens whole, int limit, OverLength how) {
        return whole.keepingMarker(markerTokens(messages.get(0).content())).shortened(limit, how);
    }

    /** The last tokens of a prompt that hold its answer marker. */
    private int markerTokens(String prompt) {
        if (answerMarker.isEmpty() || !prompt.endsWith(answerMarker)) {
            return 0;
        }
        int[] ends = tokenizer.encodeGuarded(prompt).ends();
        return (int) Arrays.stream(ends).filter(end -> end > prompt.length() - answerMarker.length()).count();
    }

    /** The first tokens of a prompt that hold the lead and nothing else. */
    private int leadTokens(String prompt) {
        return lead.isEmpty() || !prompt.startsWith(lead) ? 0
                : (int) Arrays.stream(tokenizer.encodeGuarded(prompt).ends()).filter(end -> end <= lead.length())
                .count();
    }

    private static UserError severalTurns(String place) {
        return UserError.of(
                say("%s: several messages, which only a chat template can tell apart; set data.prompt to template",
                place));
    }

    static int[] join(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }
}
