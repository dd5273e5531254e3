package io.weft.data.format;

import io.weft.data.Conversation;
import io.weft.data.Excerpt;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.read.RowProblem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Language.say;

/** OpenAI's {@code messages: [{role, content}, …]}, the last one the assistant's. Texts stay as they are. */
final class MessagesFormat implements RowFormat {
    static final TurnList.Spelling SPELLING = new TurnList.Spelling("role", "content",
            Map.of("system", "system", "developer", "developer", "user", "user", "assistant", "assistant", "tool",
            "tool"), "system, user, assistant, tool", Set.of("name"), "reasoning_content");

    @Override public String name() { return "messages"; }

    @Override public List<String> required() { return List.of("messages"); }

    @Override public String shape() { return "messages: [{role, content}, …]"; }

    @Override public Class<? extends Sample> gives() { return Conversation.class; }

    @Override public PromptStyle usualPrompt() { return PromptStyle.TEMPLATE; }

    @Override public Sample read(Fields fields, PromptStyle style, Place place) {
        Optional<List<Message>> messages = TurnList.required(fields, "messages", SPELLING);
        messages.ifPresent(turns -> checkTurns(fields, turns));
        TurnList.refuseToolsAndMedia(fields);
        fields.refuseIfMarkedBad("label");
        return TurnList.conversation(fields, style, messages.orElse(List.of()), place);
    }

    /** A question somewhere, an answer at the end, and no answer blank. */
    private static void checkTurns(Fields fields, List<Message> messages) {
        if (messages.stream().noneMatch(m -> m.role().equals("user"))) {
            fields.add(new RowProblem("no_user_turn",
                    say("%d messages and none is the user's; expected a question before the answer", messages.size())));
        } else if (!messages.get(messages.size() - 1).isAssistant()) {
            fields.add(new RowProblem("no_answer",
                    say("the last message is of role '%s'; expected the assistant's answer, which is what is learned",
                    Excerpt.of(messages.get(messages.size() - 1).role()))));
        }
        TurnList.refuseBlankAnswers(fields, messages, "messages.content");
    }
}
