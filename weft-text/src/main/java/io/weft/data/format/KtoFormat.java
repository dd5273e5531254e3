package io.weft.data.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Conversation;
import io.weft.data.Judged;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.read.JsonKind;
import io.weft.data.read.RowProblem;
import java.util.List;
import java.util.Set;

import static io.weft.problem.Language.say;

/** {@code label}, true for a good answer, beside the fields of a conversation in another format. */
final class KtoFormat implements RowFormat {
    private static final List<RowFormat> CONVERSATIONS = List.of(new MessagesFormat(), new ShareGptFormat(),
            new PromptCompletionFormat(), new AlpacaFormat());
    /** As JSON, CSV and pandas write truth values. */
    private static final Set<String> GOOD = Set.of("true", "True", "TRUE", "1", "1.0"),
            BAD = Set.of("false", "False", "FALSE", "0", "0.0");

    @Override public String name() { return "kto"; }

    @Override public List<String> required() { return List.of("label"); }

    @Override public String shape() { return "label (true or false), and the fields of a conversation"; }

    @Override public Class<? extends Sample> gives() { return Judged.class; }

    @Override public boolean marksOtherRows() { return true; }

    @Override public PromptStyle usualPrompt() { return PromptStyle.TEMPLATE; }

    @Override public Sample read(Fields fields, PromptStyle style, Place place) {
        JsonNode label = fields.value("label");
        boolean known = label != null && (GOOD.contains(label.asText()) || BAD.contains(label.asText()));
        if (label == null) {
            fields.required("label");
        } else if (!known) {
            fields.add(new RowProblem("not_true_or_false:label",
                    say("'%s' is %s; expected true or false", "label", JsonKind.of(label))));
        }
        RowFormat whole = CONVERSATIONS.stream().filter(format -> format.required().stream().allMatch(fields::has))
                .findFirst().orElse(CONVERSATIONS.get(0));
        return new Judged((Conversation) whole.read(fields, style, place), known && GOOD.contains(label.asText()));
    }
}
