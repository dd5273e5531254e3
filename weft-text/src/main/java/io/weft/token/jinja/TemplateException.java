package io.weft.token.jinja;

import static io.weft.problem.Language.say;

/**
 * A template that cannot be parsed or rendered: broken syntax, a value of the wrong kind, a spent budget, or its own {@code raise_exception}.
 * The message is fit to print and names the template's line; the caller knows the file and puts its name in front.
 */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final String reason;
    private final int line;

    private TemplateException(String reason, int line) {
        super(line > 0 ? say("line %d: %s", "第 %d 行:%s", line, reason) : reason);
        this.reason = reason;
        this.line = line;
    }

    /** An error whose line the interpreter adds: see {@link #atLine}. */
    static TemplateException because(String english, String chinese, Object... arguments) { return new TemplateException(say(english, chinese, arguments), 0); }

    /** An error in the template's own words. */
    static TemplateException quoting(String words) { return new TemplateException(words, 0); }

    /** This error at a line, unless it already names one. */
    TemplateException atLine(int number) {
        if (line > 0) {
            return this;
        }
        var placed = new TemplateException(reason, number);
        placed.setStackTrace(getStackTrace());
        return placed;
    }

    /** What is wrong, without the line. */
    public String reason() { return reason; }

    /** Line of the template, counted from 1; 0 when the error belongs to none. */
    public int line() { return line; }
}
