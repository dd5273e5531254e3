package io.weft.data.format;

import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.Text;
import java.util.List;

/** {@code text}: a document to learn as it is, without a prompt. */
final class TextFormat implements RowFormat {
    @Override public String name() { return "text"; }

    @Override public List<String> required() { return List.of("text"); }

    @Override public Class<? extends Sample> gives() { return Text.class; }

    @Override public PromptStyle usualPrompt() { return PromptStyle.PLAIN; }

    @Override public Sample read(Fields fields, PromptStyle style, Place place) {
        return new Text(fields.required("text"), place);
    }
}
