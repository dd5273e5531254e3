package io.weft.data;

import io.weft.jinja.PythonSpace;
import io.weft.settings.Word;
import java.util.ArrayList;
import java.util.List;

/**
 * How an instruction and its input become the text that a model is asked with; {@code data.prompt} in a recipe.
 * Serving builds its prompts by the style the model was tuned with.
 */
public enum PromptStyle implements Word {
    /**
     * {@code {instruction}\n\n输入:{input}\n\n输出:}, without the middle part when the input is empty. The answer follows
     * at once; no chat template. White space around instruction and input is dropped, as the tutorial does.
     */
    TUTORIAL {
        @Override public String build(String instruction, String input) {
            String given = PythonSpace.strip(input);
            return PythonSpace.strip(instruction) + (given.isEmpty() ? "" : "\n\n输入:" + given) + "\n\n输出:";
        }

        @Override String exchange(String asked) { return build(asked, ""); }
    },
    /** The text is a user's message, which the model's chat template wraps. */
    TEMPLATE,
    /** The text as it is; no chat template. */
    PLAIN;

    private static final String BLANK_LINE = "\n\n";

    /**
     * What the model is asked: for {@link #TEMPLATE} and {@link #PLAIN} the instruction, and the input on the line
     * after it when there is one.
     */
    public String build(String instruction, String input) {
        return input.isEmpty() ? instruction : instruction + "\n" + input;
    }

    /**
     * One text that asks for the next answer of a conversation, for a model that was tuned on single prompts: each
     * question as the model was asked it, behind it at once what was answered, a blank line between one exchange and
     * the next, and what the system says before all. The last exchange reads as a training row does, and each earlier
     * one as a row with its answer:
     * <pre>
     * {system}\n\n{first question}\n\n输出:{answer}\n\n{next question}\n\n输出:
     * </pre>
     *
     * @param turns of roles system, user and assistant, the last one the user's
     */
    public String ask(List<Message> turns) {
        StringBuilder text = new StringBuilder();
        List<String> open = new ArrayList<>();                       // said since the last answer
        for (Message turn : turns) {
            if (turn.isAssistant()) {
                text.append(text.isEmpty() ? "" : BLANK_LINE)
                        .append(open.isEmpty() ? "" : exchange(String.join(BLANK_LINE, open)))
                        .append(turn.content());
                open.clear();
            } else if (!turn.content().isBlank()) {
                open.add(PythonSpace.strip(turn.content()));
            }
        }
        return text.append(text.isEmpty() ? "" : BLANK_LINE).append(exchange(String.join(BLANK_LINE, open))).toString();
    }

    /** What one question becomes. */
    String exchange(String asked) { return asked; }

    /** True when a conversation may hold several turns, or a system's: only a chat template can say whose they are. */
    public boolean takesSeveralTurns() { return this == TEMPLATE; }
}
