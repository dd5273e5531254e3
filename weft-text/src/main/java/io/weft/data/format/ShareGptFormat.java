package io.weft.data.format;

import io.weft.data.Conversation;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * ShareGPT's {@code conversations: [{from, value}, …]} as LLaMA-Factory reads them: {@code human} and {@code gpt} take
 * turns, the last one gpt's; a system text stands first, or in the column {@code system}. Texts stay as they are.
 */
final class ShareGptFormat implements RowFormat {
    static final TurnList.Spelling SPELLING = new TurnList.Spelling("from", "value",
            Map.of("system", "system", "human", "user", "user", "user", "gpt", "assistant", "assistant", "assistant"),
            "human, gpt, system", Set.of(), "reasoning_content");

    @Override public String name() { return "sharegpt"; }

    @Override public List<String> required() { return List.of("conversations"); }

    @Override public String shape() { return "conversations: [{from, value}, …], system (may be missing)"; }

    @Override public Class<? extends Sample> gives() { return Conversation.class; }

    @Override public PromptStyle usualPrompt() { return PromptStyle.TEMPLATE; }

    @Override public Sample read(Fields fields, PromptStyle style, Place place) {
        Optional<List<Message>> turns = TurnList.required(fields, "conversations", SPELLING)
                .map(list -> TurnList.withSystem(fields, list));
        turns.ifPresent(list -> TurnList.checkAlternating(fields, "conversations", list, true));
        TurnList.refuseToolsAndMedia(fields);
        return TurnList.conversation(fields, style, turns.orElse(List.of()), place);
    }
}
