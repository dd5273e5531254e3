package org.example.weft;

import io.weft.data.Conversation;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.format.Fields;
import io.weft.data.format.RowFormat;
import java.util.List;

/** {@code question} and {@code answer}, as GSM8K has them (Cobbe et al. 2021, arXiv:2110.14168). */
public final class QuestionAnswer implements RowFormat {
    @Override public String name() { return "question-answer"; }

    @Override public List<String> required() { return List.of("question", "answer"); }

    @Override public Class<? extends Sample> gives() { return Conversation.class; }

    @Override public PromptStyle usualPrompt() { return PromptStyle.TUTORIAL; }

    @Override public Sample read(Fields fields, PromptStyle style, Place place) {
        return Conversation.of(style.build(fields.required("question"), ""), fields.required("answer"), place);
    }
}
