package io.weft.app.terminal;

import java.io.PrintStream;

/** Labelled lines below each other, the texts aligned. */
public record LabelledLines(PrintStream to) {
    /** Columns of a label and the space behind it. */
    private static final int LABELS = 10;

    public void line(String label, String text) {
        to.println(label + " ".repeat(Math.max(1, LABELS - DisplayWidth.of(label))) + text);
    }

    /** Another line below the same label. */
    public void more(String text) { line("", text); }
}
