package io.weft.data;

import io.weft.jinja.PythonSpace;
import io.weft.settings.Word;

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
    },
    /** The text is a user's message, which the model's chat template wraps. */
    TEMPLATE,
    /** The text as it is; no chat template. */
    PLAIN;

    /**
     * What the model is asked: for {@link #TEMPLATE} and {@link #PLAIN} the instruction, and the input on the line
     * after it when there is one.
     */
    public String build(String instruction, String input) {
        return input.isEmpty() ? instruction : instruction + "\n" + input;
    }

    /** True when a conversation may hold several turns, or a system's: only a chat template can say whose they are. */
    public boolean takesSeveralTurns() { return this == TEMPLATE; }
}
