package io.weft.data.format;

import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.read.RowProblem;
import io.weft.problem.Translatable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code prompt} and {@code completion}, each a text; or a list of turns, as TRL's conversational rows have them, the
 * completion the assistant's one. Texts stay as they are.
 */
final class PromptCompletionFormat implements RowFormat {
    @Override public String name() { return "prompt"; }

    @Override public List<String> required() { return List.of("prompt", "completion"); }

    @Override public Class<? extends Sample> gives() { return Conversation.class; }

    @Override public PromptStyle usualPrompt() { return PromptStyle.PLAIN; }

    @Override public Sample read(Fields fields, PromptStyle style, Place place) {
        Optional<List<Message>> turns = TurnsOrText.asked(fields, "prompt");
        List<Message> completion = TurnsOrText.answer(fields, "completion");
        fields.refuseIfMarkedBad("label");
        if (completion.size() > 1) {
            fields.add(RowProblem.unsupported("completion", Translatable.text(
                    "only one turn is read there; write the row as messages")));
        }
        if (turns.isPresent()) {
            TurnList.refuseToolsAndMedia(fields);
            return TurnList.conversation(fields, style, Stream.concat(turns.get().stream(), completion.stream())
                    .toList(), place);
        }
        return Conversation.answered(List.of(Message.user(style.build(fields.required("prompt"), ""))),
                completion.get(0), place);
    }
}
