package io.weft.app;

import picocli.CommandLine.Help.Ansi;

/** Colours for a terminal; where there is none (a pipe, a file, NO_COLOR) texts stay as they are. */
enum Ink {
    GOOD("32"), DOUBTFUL("33"), BAD("31"), STRONG("1"), FAINT("2"), TRAINED("1;32");

    private final String code;

    Ink(String code) { this.code = code; }

    static boolean flows() { return Ansi.AUTO.enabled(); }

    /** The text, coloured line by line, so that a pager that cuts lines shows all of it. */
    String on(String text) { return flows() ? text.replaceAll("(?m)[^\n]+", "\u001b[" + code + "m$0\u001b[0m") : text; }
}
