package io.weft.data.read;

import io.weft.data.Conversation;
import io.weft.data.Excerpt;
import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.PythonStrip;
import io.weft.problem.Translatable;
import io.weft.problem.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * What a row's fields mean: a function from the fields to a {@link Conversation}, with a name; {@code data.format} in a
 * recipe. A new one is a function and a line in {@link #BUILT_IN}.
 */
public final class RowFormat {
    /** {@code instruction}, {@code input} (may be missing) and {@code output}, each stripped as the tutorial does. */
    public static final RowFormat ALPACA = new RowFormat("alpaca", List.of("instruction", "output"),
            "instruction, input (may be missing), output", PromptStyle.TUTORIAL, RowFormat::alpaca);
    /** OpenAI's {@code messages: [{role, content}, …]}, the last one the assistant's. Texts stay as they are. */
    public static final RowFormat MESSAGES = new RowFormat("messages", List.of("messages"),
            "messages: [{role, content}, …]", PromptStyle.TEMPLATE, MessagesRow::read);
    /** {@code prompt} and {@code completion}. Texts stay as they are. */
    public static final RowFormat PROMPT = new RowFormat("prompt", List.of("prompt", "completion"),
            "prompt, completion", PromptStyle.PLAIN, RowFormat::prompt);
    /** {@code text}: a document to learn as it is, without a prompt. */
    public static final RowFormat TEXT = new RowFormat("text", List.of("text"), "text", PromptStyle.PLAIN,
            RowFormat::text);
    /** Every format, in the order in which a row's fields are matched. */
    public static final List<RowFormat> BUILT_IN = List.of(MESSAGES, ALPACA, PROMPT, TEXT);

    private final String name;
    private final List<String> required;
    private final String shape;
    private final PromptStyle usual;
    private final Reading reading;

    @FunctionalInterface
    interface Reading {
        /** Notes what is wrong in the fields; what is returned then is not used. */
        public Conversation read(Fields fields, PromptStyle style, Place place);
    }

    private RowFormat(String name, List<String> required, String shape, PromptStyle usual, Reading reading) {
        this.name = name;
        this.required = required;
        this.shape = shape;
        this.usual = usual;
        this.reading = reading;
    }

    /** The word of recipes and manifests. */
    public String name() { return name; }

    /**
     * How prompts are built when {@code data.prompt} is auto: alpaca as the tutorial, messages by the model's chat
     * template, the others as they are.
     */
    public PromptStyle usualPrompt() { return usual; }

    public static Optional<RowFormat> named(String name) {
        return BUILT_IN.stream().filter(format -> format.name.equals(name)).findFirst();
    }

    /**
     * The format of a file by its first row: the one whose fields are all there, else one of whose fields some are.
     *
     * @throws UserError naming the formats, when none fits
     */
    public static RowFormat detect(Row first) {
        return fitting(format -> format.required.stream().allMatch(first.fields()::has))
                .or(() -> fitting(format -> format.required.stream().anyMatch(first.fields()::has)))
                .orElseThrow(() -> unknown(first));
    }

    private static Optional<RowFormat> fitting(Predicate<RowFormat> fits) {
        return BUILT_IN.stream().filter(fits).findFirst();
    }

    private static UserError unknown(Row first) {
        List<String> names = new ArrayList<>();
        first.fields().fieldNames().forEachRemaining(names::add);
        String formats = BUILT_IN.stream().map(format -> "\n  " + format.name + ": " + format.shape)
                .collect(Collectors.joining());
        String hint = names.contains("conversations")
                ? say("\nShareGPT's conversations are not read: write them as messages") : "";
        return UserError.of(say("%s: the fields are %s; expected those of a format:%s\nRename the fields%s",
                first.place(), Excerpt.of(names), formats, hint));
    }

    public Conversation read(Fields fields, PromptStyle style, Place place) {
        return reading.read(fields, style, place);
    }

    private static Conversation alpaca(Fields fields, PromptStyle style, Place place) {
        String instruction = PythonStrip.strip(fields.required("instruction"));
        String input = PythonStrip.strip(fields.optional("input"));
        String output = PythonStrip.strip(fields.required("output"));
        fields.refuseIfGiven("system",
                Translatable.text("alpaca rows with a system text are not read; write the row as messages"));
        fields.refuseIfGiven("history",
                Translatable.text("alpaca rows with earlier turns are not read; write the row as messages"));
        return Conversation.of(style.build(instruction, input), output, place);
    }

    private static Conversation prompt(Fields fields, PromptStyle style, Place place) {
        fields.refuseIfMarkedBad("label");
        return Conversation.of(style.build(fields.required("prompt"), ""), fields.required("completion"), place);
    }

    private static Conversation text(Fields fields, PromptStyle style, Place place) {
        return Conversation.ofText(fields.required("text"), place);
    }
}
