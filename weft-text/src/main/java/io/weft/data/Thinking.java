package io.weft.data;

import io.weft.settings.Word;

/** Whether a chat template lets the model think before it answers; {@code data.thinking} in a recipe. */
public enum Thinking implements Word {
    /** As the template does when nothing is said. */
    AUTO,
    /** The template's {@code enable_thinking} is true. */
    ON,
    /** It is false. */
    OFF
}
