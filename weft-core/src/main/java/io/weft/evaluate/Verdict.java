package io.weft.evaluate;

import static io.weft.problem.Language.say;

/** What a line of the table says of two models. */
public enum Verdict {
    BETTER("better"), WORSE("worse"), SAME("same"),
    /** They differ, and the rows do not show that it is more than chance. */
    NOT_SHOWN("notShown"),
    /** A number of which neither way is better. */
    NONE("none");

    private final String word;

    Verdict(String word) { this.word = word; }

    /** As scores.json and the page's style sheet spell it. */
    public String word() { return word; }

    /** For people. */
    public String said() {
        return switch (this) {
            case BETTER -> say("better");
            case WORSE -> say("worse");
            case SAME -> say("same");
            case NOT_SHOWN -> say("not shown");
            case NONE -> "";
        };
    }
}
