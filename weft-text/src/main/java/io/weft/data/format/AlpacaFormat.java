package io.weft.data.format;

import io.weft.data.Conversation;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.jinja.PythonSpace;
import io.weft.problem.Translatable;
import java.util.List;

/** {@code instruction}, {@code input} (may be missing) and {@code output}, each stripped as the tutorial does. */
final class AlpacaFormat implements RowFormat {
    @Override public String name() { return "alpaca"; }

    @Override public List<String> required() { return List.of("instruction", "output"); }

    @Override public String shape() { return "instruction, input (may be missing), output"; }

    @Override public Class<? extends Sample> gives() { return Conversation.class; }

    @Override public PromptStyle usualPrompt() { return PromptStyle.TUTORIAL; }

    @Override public Sample read(Fields fields, PromptStyle style, Place place) {
        String instruction = PythonSpace.strip(fields.required("instruction"));
        String input = PythonSpace.strip(fields.optional("input"));
        String output = PythonSpace.strip(fields.required("output"));
        fields.refuseIfGiven("system",
                Translatable.text("alpaca rows with a system text are not read; write the row as messages"));
        fields.refuseIfGiven("history",
                Translatable.text("alpaca rows with earlier turns are not read; write the row as messages"));
        return Conversation.of(style.build(instruction, input), output, place);
    }
}
