package io.weft.app.terminal;

import picocli.CommandLine.Help.Ansi;

/** Colours for a terminal; where there is none (a pipe, a file, NO_COLOR) texts stay as they are. */
public enum AnsiStyle {
    GOOD("32"), DOUBTFUL("33"), BAD("31"), STRONG("1"), FAINT("2"), TRAINED("1;32");

    private final String code;

    AnsiStyle(String code) { this.code = code; }

    public static boolean flows() { return Ansi.AUTO.enabled(); }

    /** The text, coloured line by line, so that a pager that cuts lines shows all of it. */
    public String on(String text) {
        return flows() ? text.replaceAll("(?m)[^\n]+", "\u001b[" + code + "m$0\u001b[0m") : text;
    }
}
