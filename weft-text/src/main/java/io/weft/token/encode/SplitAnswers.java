package io.weft.token.encode;

import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.data.OverLength;
import java.util.ArrayList;
import java.util.List;

/**
 * One conversation that is too long as several examples, so that every answer is learned once and behind as much of
 * what stands before it as there is room for.
 * <pre>
 *   exchanges      system 1 2 3 4    ->   system [1 2]      system 2 [3 4]           [learned]
 *   a long answer  question 123456   ->   question [1234]   question 34 [56 end]     34: read, not learned again
 * </pre>
 * An exchange is a user's message and all up to the next one. The end token is learned where the answer ends, and
 * nowhere else, so no part teaches to stop early.
 *
 * @param limit tokens of an example
 */
record SplitAnswers(Documents documents, int limit) {
    /** With less than this share of an example for the answer there is nothing to divide: the question is cut. */
    private static final int LEAST_ROOM = 8;

    /** @param whole the conversation's tokens, more than the limit */
    List<MaskedTokens> of(Conversation conversation, MaskedTokens whole) {
        List<Integer> users = users(conversation.messages());
        return users.size() < 2 ? ofAnswer(conversation, whole) : ofExchanges(conversation, users);
    }

    private static List<Integer> users(List<Message> messages) {
        List<Integer> users = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).role().equals("user")) {
                users.add(i);
            }
        }
        return users;
    }

    private List<MaskedTokens> ofExchanges(Conversation conversation, List<Integer> users) {
        List<MaskedTokens> parts = new ArrayList<>();
        int exchanges = users.size();
        for (int first = 0; first < exchanges;) {
            int next = first + 1;
            Conversation part = part(conversation, users, first, next);
            MaskedTokens tokens = tokens(part);
            if (tokens.ids().length > limit) {
                parts.addAll(ofAnswer(part, tokens));
                first = next;
                continue;
            }
            for (MaskedTokens more = tokens; next < exchanges && more.ids().length <= limit;) {
                more = tokens(part(conversation, users, first, next + 1));
                if (more.ids().length <= limit) {
                    tokens = more;
                    next++;
                }
            }
            parts.add(withContext(conversation, users, first, next, tokens));
            first = next;
        }
        return parts;
    }

    /** As many earlier exchanges before it as fit, of which nothing is learned again. */
    private MaskedTokens withContext(Conversation conversation, List<Integer> users, int first, int next,
            MaskedTokens alone) {
        MaskedTokens found = alone;
        for (int from = first - 1; from >= 0; from--) {
            MaskedTokens more = tokens(part(conversation, users, from, next));
            int answers = more.answers() - alone.answers();
            if (more.ids().length > limit || answers < 1) {
                break;
            }
            found = more.learnedFrom(more.endOfAnswer(answers));
        }
        return found;
    }

    private MaskedTokens tokens(Conversation conversation) { return documents.learned(conversation, false).tokens(); }

    /** What stands before the first exchange, and exchanges up to {@code next}. */
    private static Conversation part(Conversation conversation, List<Integer> users, int first, int next) {
        List<Message> messages = new ArrayList<>(conversation.messages().subList(0, users.get(0)).stream()
                .filter(message -> first == 0 || !message.isAssistant()).toList());
        messages.addAll(conversation.messages().subList(users.get(first),
                next < users.size() ? users.get(next) : conversation.messages().size()));
        return new Conversation(messages, conversation.place());
    }

    /** The last answer in parts, each behind the question and half an example's room of the answer before it. */
    private List<MaskedTokens> ofAnswer(Conversation conversation, MaskedTokens whole) {
        int begin = whole.beginOfLastAnswer(), room = limit - begin, length = whole.ids().length;
        if (room < Math.max(2, limit / LEAST_ROOM)) {
            return documents.cut(conversation, List.of(whole), limit, OverLength.CUT);
        }
        List<MaskedTokens> parts = new ArrayList<>(List.of(whole.first(limit)));
        int context = room / 2;
        for (int from = limit; from < length; from += room - context) {
            int end = Math.min(length, from + room - context);
            MaskedTokens part = whole.without(begin, from - context).first(begin + context + end - from);
            if (part.learnedFrom(begin + context).hasTarget()) {
                parts.add(part.learnedFrom(begin + context));
            }
        }
        return parts;
    }
}
