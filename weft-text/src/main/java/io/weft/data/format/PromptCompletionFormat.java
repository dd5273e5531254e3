package io.weft.data.format;

import io.weft.data.Conversation;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import java.util.List;

/** {@code prompt} and {@code completion}. Texts stay as they are. */
final class PromptCompletionFormat implements RowFormat {
    @Override public String name() { return "prompt"; }

    @Override public List<String> required() { return List.of("prompt", "completion"); }

    @Override public Class<? extends Sample> gives() { return Conversation.class; }

    @Override public PromptStyle usualPrompt() { return PromptStyle.PLAIN; }

    @Override public Sample read(Fields fields, PromptStyle style, Place place) {
        fields.refuseIfMarkedBad("label");
        return Conversation.of(style.build(fields.required("prompt"), ""), fields.required("completion"), place);
    }
}
