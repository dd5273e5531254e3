package io.weft.endpoint;

import java.util.regex.Pattern;

/**
 * What was answered.
 *
 * @param text             as it was sent
 * @param finish           why it ended: "stop", "length" where it was cut off; "" where the service does not say
 * @param promptTokens     as the service counts them; 0 where it does not say
 * @param completionTokens paid for as well
 */
public record ChatAnswer(String text, String finish, int promptTokens, int completionTokens) {
    private static final Pattern THOUGHT = Pattern.compile("(?s)^(\\s*<think>)?((?!<think>).)*?</think>"
            + "|^\\s*<think>.*$");

    /** Whether it ended at the bound of its length and not where the model would have ended it. */
    public boolean isCut() { return finish.equals("length"); }

    /**
     * Without what a reasoning model thought before it answered (some services leave out where that begins); empty
     * where it got no further than thinking.
     */
    public String said() { return THOUGHT.matcher(text).replaceFirst("").strip(); }
}
