package io.weft.jinja;

import java.util.Locale;

/**
 * A template that cannot be parsed or rendered: broken syntax, a value of the wrong kind, a spent budget, or its own
 * {@code raise_exception}. The message is fit to print and names the template's line; the caller knows the file and
 * puts its name in front.
 */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final String format;
    private final transient Object[] arguments;
    private final int line;

    private TemplateException(int line, String format, Object... arguments) {
        super((line > 0 ? "line " + line + ": " : "") + formatted(format, arguments));
        this.format = format;
        this.arguments = arguments;
        this.line = line;
    }

    private static String formatted(String format, Object... arguments) {
        return arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments);
    }

    /** An error whose line the interpreter adds: see {@link #atLine}. */
    static TemplateException because(String format, Object... arguments) {
        return new TemplateException(0, format, arguments);
    }

    /** An error in the template's own words. */
    static TemplateException quoting(String words) { return new TemplateException(0, "%s", words); }

    /** This error at a line, unless it already names one. */
    TemplateException atLine(int number) {
        if (line > 0) {
            return this;
        }
        var placed = new TemplateException(number, format, arguments);
        placed.setStackTrace(getStackTrace());
        return placed;
    }

    /** What is wrong, without the line: a format in English, fit to be a key of translations. */
    public String format() { return format; }

    /** What {@link #format} is filled with. */
    public Object[] arguments() { return arguments.clone(); }

    /** What is wrong, in English and without the line. */
    public String reason() { return formatted(format, arguments); }

    /** Line of the template, counted from 1; 0 when the error belongs to none. */
    public int line() { return line; }
}
