package io.weft.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Labelled;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.jinja.PythonSpace;
import java.util.List;
import java.util.stream.Stream;

/**
 * A {@code label} beside what it is of: a {@code text}, a prompt, an instruction with its input, or turns that end with
 * a question. Where the format is asked for by name, the answer of a row without a label is its label. A number or a
 * truth value is a label by its name, and white space around a label is dropped.
 */
final class LabelledFormat implements RowFormat {
    /** The fields that a label is in, the first that is there. */
    private static final List<String> LABELS = List.of("label", "output", "completion");

    @Override public String name() { return "labelled"; }

    @Override public List<String> required() { return List.of("label"); }

    @Override public String shape() {
        return "label (or output, completion), and text, prompt, messages, conversations or instruction with input";
    }

    @Override public Class<? extends Sample> gives() { return Labelled.class; }

    @Override public boolean marksOtherRows() { return true; }

    @Override public PromptStyle usualPrompt() { return PromptStyle.PLAIN; }

    @Override public Sample read(Fields fields, PromptStyle style, Place place) {
        List<Message> read = fields.has("text")
                ? List.of(Message.user(style.build(fields.required("text"), "")))
                : Stream.of("messages", "conversations", "prompt", "instruction").anyMatch(fields::has)
                ? QuestionRow.messages(fields, style) : missing(fields);
        return new Labelled(read, label(fields), place);
    }

    private static List<Message> missing(Fields fields) {
        fields.required("text");
        return List.of();
    }

    private static String label(Fields fields) {
        String field = LABELS.stream().filter(fields::has).findFirst().orElse(LABELS.get(0));
        JsonNode given = fields.value(field);
        boolean named = given != null && (given.isBoolean() || given.isNumber()) && !Fields.isAbsent(given);
        return PythonSpace.strip(named ? given.asText() : fields.required(field));
    }
}
