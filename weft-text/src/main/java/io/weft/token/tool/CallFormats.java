package io.weft.token.tool;

import io.weft.extension.OpenTable;
import io.weft.token.chat.MessageTemplate;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** The formats of calls that Weft reads. Other jars add theirs. */
public final class CallFormats {
    /** In the order in which they are asked: the plainest last, which any template that shows tools may have. */
    public static final OpenTable<CallFormat> TABLE = OpenTable.of(text("format of tool calls"), CallFormat.class,
            CallFormat::name,
            new HermesCalls(),
            new MistralCalls(),
            new GlmCalls(),
            new PlainJsonCalls());

    private CallFormats() {}

    /** A reader of an answer that is held to be one call as JSON, whatever the model would write by itself. */
    public static CallReader heldToJson() { return new PlainJsonCalls().reader(Set.of()); }

    /** The format of models with this chat template; empty where it shows no tools. */
    public static Optional<CallFormat> of(MessageTemplate template) {
        return template.mentions("tools")
                ? TABLE.all().stream().filter(format -> format.isOf(template)).findFirst() : Optional.empty();
    }
}
