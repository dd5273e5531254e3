package io.weft.data.format;

import io.weft.data.Asked;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import java.util.List;

/** {@code prompt} and no answer: a text, or turns that end with a question. Texts stay as they are. */
final class PromptsFormat implements RowFormat {
    @Override public String name() { return "prompts"; }

    @Override public List<String> required() { return List.of("prompt"); }

    @Override public Class<? extends Sample> gives() { return Asked.class; }

    /** Elsewhere a row of nothing but a prompt lacks its answer. */
    @Override public boolean marksOtherRows() { return true; }

    @Override public PromptStyle usualPrompt() { return PromptStyle.PLAIN; }

    @Override public Sample read(Fields fields, PromptStyle style, Place place) {
        return new Asked(TurnsOrText.asked(fields, "prompt").map(turns -> TurnList.asked(fields, style, turns))
                .orElseGet(() -> List.of(Message.user(style.build(fields.required("prompt"), "")))), place);
    }
}
